/** @module */
import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import {
  permutation,
  randomBits,
  randomIntegers,
  type RandomKey,
  randomNormal,
  randomUniform,
} from "./random.ts";

const KEY: RandomKey = { seed: 7, stream: "latent", step: 3 };

/** Pearson's statistic of counts with equal expectation; its mean is `counts.length - 1`. */
function chiSquared(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Five standard deviations above the mean of the chi-squared distribution. */
function chiSquaredBound(cells: number): number {
  return cells - 1 + 5 * Math.sqrt(2 * (cells - 1));
}

function count(values: Iterable<number>, cells: number): number[] {
  const counts = new Array<number>(cells).fill(0);
  for (const value of values) counts[value] = (counts[value] ?? NaN) + 1;
  return counts;
}

// The golden values were also computed by an independent program in another language.
Deno.test("randomBits() returns its golden values", () => {
  assertEquals([...randomBits(KEY, 5)], [1856942037, 441298002, 2006994083, 3464969114, 2007930838]);
  const largest = { seed: Number.MAX_SAFE_INTEGER, stream: 5, step: 2 ** 40 + 1 };
  assertEquals([...randomBits(largest, 2)], [3804915332, 34252661]);
});

Deno.test("randomNormal() returns its golden values", () => {
  assertEquals([...randomNormal(KEY, 5)], [
    1.0343804359436035,
    0.7791551351547241,
    0.4305887520313263,
    -1.1559432744979858,
    1.203374981880188,
  ]);
});

Deno.test("randomUniform(), randomIntegers() and permutation() return their golden values", () => {
  assertEquals([...randomUniform(KEY, 3, -1, 1)], [
    -0.1352940797805786,
    -0.7945046424865723,
    -0.06542062759399414,
  ]);
  assertEquals([...randomIntegers(KEY, 6, 10)], [7, 2, 3, 4, 8, 6]);
  assertEquals([...permutation(KEY, 8)], [5, 6, 7, 2, 1, 3, 4, 0]);
});

Deno.test("randomNormal() returns the same bytes as ever", () => {
  const words = new Uint32Array(randomNormal(KEY, 100_000).buffer);
  let hash = 0x811c9dc5;
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193);
  assertEquals(hash >>> 0, 2016287035);
});

Deno.test("randomNormal() of a smaller size is a prefix of a larger one", () => {
  assertEquals([...randomNormal(KEY, 7)], [...randomNormal(KEY, 20).subarray(0, 7)]);
  assertEquals(randomNormal(KEY, 0).length, 0);
});

Deno.test("random arrays differ between seeds, streams and steps", () => {
  const keys: RandomKey[] = [
    KEY,
    { ...KEY, seed: 8 },
    { ...KEY, seed: 7 + 2 ** 32 },
    { ...KEY, step: 4 },
    { ...KEY, step: 3 + 2 ** 32 },
    { ...KEY, stream: "latents" },
    { ...KEY, stream: 0 },
    { ...KEY, stream: 1 },
  ];
  const seen = new Set(keys.map((key) => randomBits(key, 4).join()));
  assertEquals(seen.size, keys.length);
});

Deno.test("randomNormal() has the moments of the normal distribution", () => {
  const n = 200_000;
  const values = randomNormal({ seed: 1, stream: "test", step: 0 }, n);
  const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / n;
  // Standard errors of the first four moments: sqrt(1, 2, 15, 96) / sqrt(n).
  assert(Math.abs(moment(1)) < 5 / Math.sqrt(n));
  assert(Math.abs(moment(2) - 1) < 5 * Math.sqrt(2 / n));
  assert(Math.abs(moment(3)) < 5 * Math.sqrt(15 / n));
  assert(Math.abs(moment(4) - 3) < 5 * Math.sqrt(96 / n));
  let product = 0;
  for (let i = 0; i + 1 < n; i += 2) product += (values[i] ?? NaN) * (values[i + 1] ?? NaN);
  assert(Math.abs(product / (n / 2)) < 5 / Math.sqrt(n / 2), "the two of a pair are not correlated");
});

Deno.test("randomUniform() fills its range evenly", () => {
  const values = randomUniform({ seed: 2, stream: "test", step: 0 }, 100_000, -3, 5);
  assert(values.every((value) => value >= -3 && value < 5));
  const cells = [...values].map((value) => Math.floor((value + 3) / 8 * 64));
  assert(chiSquared(count(cells, 64)) < chiSquaredBound(64));
});

Deno.test("randomUniform() never reaches its upper bound, however narrow the range", () => {
  const next = 1 + 2 ** -23;
  assert(randomUniform(KEY, 100, 1, next).every((value) => value === 1));
  assert(randomUniform(KEY, 100, -next, -1).every((value) => value === -Math.fround(next)));
  assert(randomUniform(KEY, 1000, -1e-45, 0).every((value) => value < 0));
});

Deno.test("randomIntegers() is uniform", () => {
  for (const bound of [2, 7, 100]) {
    const values = randomIntegers({ seed: 3, stream: "test", step: bound }, 50_000, bound);
    assert(chiSquared(count(values, bound)) < chiSquaredBound(bound), `bound ${bound}`);
  }
  // With 3·2^30 values, words modulo the bound would be twice as likely below 2^30.
  const wide = randomIntegers({ seed: 3, stream: "wide", step: 0 }, 30_000, 3 * 2 ** 30);
  const thirds = [...wide].map((value) => Math.floor(value / 2 ** 30));
  assert(chiSquared(count(thirds, 3)) < chiSquaredBound(3));
  assertEquals([...randomIntegers(KEY, 3, 1)], [0, 0, 0]);
  assertEquals(randomIntegers(KEY, 3, 2 ** 32), randomBits(KEY, 3));
});

Deno.test("permutation() contains every index once and is uniform", () => {
  assertEquals([...permutation(KEY, 1000)].sort((a, b) => a - b), Array.from({ length: 1000 }, (_, i) => i));
  const orders = new Map<string, number>();
  for (let step = 0; step < 12_000; step++) {
    const order = permutation({ seed: 4, stream: "test", step }, 4).join();
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  assertEquals(orders.size, 24);
  assert(chiSquared([...orders.values()]) < chiSquaredBound(24));
});

Deno.test("permutation() of nothing and of one is trivial", () => {
  assertEquals([...permutation(KEY, 0)], []);
  assertEquals([...permutation(KEY, 1)], [0]);
  assertNotEquals([...permutation(KEY, 50)], [...permutation({ ...KEY, step: 4 }, 50)]);
});

Deno.test("random arrays reject keys and sizes out of range", () => {
  assertThrows(
    () => randomBits({ ...KEY, seed: -1 }, 1),
    RangeError,
    "seed must be an integer from 0 to 9007199254740991, got -1",
  );
  assertThrows(() => randomBits({ ...KEY, seed: 2 ** 53 }, 1), RangeError, "seed");
  assertThrows(() => randomBits({ ...KEY, step: 0.5 }, 1), RangeError, "step");
  assertThrows(() => randomBits({ ...KEY, stream: 2 ** 31 }, 1), RangeError, "stream");
  assertThrows(() => randomBits(KEY, -1), RangeError, "size");
  assertThrows(() => randomIntegers(KEY, 1, 0), RangeError, "bound");
  assertThrows(() => randomUniform(KEY, 1, 1, 1), RangeError, "low < high");
  assertThrows(() => randomUniform(KEY, 1, 0, Infinity), RangeError, "finite");
});
