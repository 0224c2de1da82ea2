/** Random numbers within programs: the same bytes on every device, those of the host, and their distributions. */
import { gradients } from "@gasp/autograd";
import {
  add,
  bernoulli,
  bits,
  categorical,
  compile,
  type Device,
  dropout,
  evaluate,
  foldIn,
  mean,
  mul,
  normal,
  ones,
  randomBits,
  type RandomKey,
  randomKey,
  randomNormal,
  randomUniform,
  splitKey,
  sum,
  type Tensor,
  tensor,
  uniform,
  vmap,
} from "@gasp/tensor";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { deviceTest } from "./devices.ts";

const KEY: RandomKey = { seed: 2 ** 40 + 5, stream: "test", step: 2 ** 35 + 3 };

async function valuesOf(x: Tensor, device: Device): Promise<number[]> {
  const result = await evaluate(x, device), values = Array.from(await result.data());
  result.dispose();
  return values;
}

await deviceTest("bits() and uniform() equal the numbers of the host", async (device) => {
  for (const shape of [[], [1], [7], [3, 5], [0, 2], [1001]]) {
    const size = shape.reduce((product, n) => product * n, 1);
    assertEquals(await valuesOf(bits(randomKey(KEY), shape), device), Array.from(randomBits(KEY, size)));
    assertEquals(
      await valuesOf(uniform(randomKey(KEY), shape), device),
      Array.from(randomUniform(KEY, size)),
    );
  }
});

// FNV-1a hash of the bytes of 20,000 numbers, the same for all devices.
const NORMAL_HASH = 3469806955;

await deviceTest(
  "normal() returns the same bytes on every device, close to the numbers of the host",
  async (device) => {
    const size = 20_000, values = Float32Array.from(await valuesOf(normal(randomKey(KEY), [size]), device));
    const host = randomNormal(KEY, size);
    let hash = 0x811c9dc5;
    for (const byte of new Uint8Array(values.buffer)) hash = Math.imul(hash ^ byte, 0x01000193);
    assertEquals(hash >>> 0, NORMAL_HASH);
    values.forEach((value, i) => {
      const bound = 2 ** -23 * Math.max(1, Math.abs(host[i]!));
      assert(Math.abs(value - host[i]!) <= bound, `number ${i} is ${value}, on the host ${host[i]}`);
    });
  },
);

await deviceTest("normal() is rounded before it is added to another number", async (device) => {
  // A device that fused the last multiplication of normal() with the addition would round once instead of twice.
  const numbers = normal(randomKey(KEY), [2000]), stored = await valuesOf(numbers, device);
  const sums = await valuesOf(add(numbers, 1 / 3), device);
  const expected = stored.map((x) => Math.fround(x + Math.fround(1 / 3)));
  if (device.info.kind !== "reference") assertEquals(sums, expected);
  assertEquals(sums.length, 2000);
});

Deno.test("randomKey() accepts keys of the host and rejects others", () => {
  assertThrows(() => randomKey({ ...KEY, seed: -1 }), RangeError, "seed must be an integer");
  assertThrows(
    () => uniform(tensor([1, 2]), [3]),
    RangeError,
    "a key must be u32 of shape [5], as returned by randomKey()",
  );
  assertThrows(() => uniform(splitKey(randomKey(KEY), 3), [3]), RangeError, "use vmap() for several keys");
  assertThrows(() => foldIn(randomKey(KEY), -1), RangeError, "got -1");
  assertThrows(() => dropout(ones([3]), 1, randomKey(KEY)), RangeError, "less than 1, got 1");
});

await deviceTest("a compiled program draws from the key passed to it", async (device) => {
  let traces = 0;
  using draw = compile((key: Tensor) => (traces++, uniform(key, [5])), { device });
  for (const step of [0, 1, 2]) {
    using drawn = await draw(randomKey({ ...KEY, step }));
    assertEquals(Array.from(await drawn.data()), Array.from(randomUniform({ ...KEY, step }, 5)));
  }
  assertEquals(traces, 1);
});

await deviceTest(
  "foldIn() and splitKey() derive the same keys, each with distinct numbers",
  async (device) => {
    const key = randomKey(KEY), count = 6;
    const split = await valuesOf(splitKey(key, count), device);
    const folded = await Promise.all(
      Array.from({ length: count }, (_, i) => valuesOf(foldIn(key, i), device)),
    );
    assertEquals(split, folded.flat());
    const mapped = await valuesOf(vmap((key: Tensor) => bits(key, [9]))(splitKey(key, count)), device);
    const single = await Promise.all(
      Array.from({ length: count }, (_, i) => valuesOf(bits(foldIn(key, i), [9]), device)),
    );
    assertEquals(mapped, single.flat());
    assertEquals(new Set([...mapped, ...await valuesOf(bits(key, [9]), device)]).size, 9 * (count + 1));
  },
);

await deviceTest("normal(), bernoulli() and categorical() follow their distributions", async (device) => {
  const size = device.info.kind === "reference" ? 20_000 : 200_000, key = randomKey(KEY);
  const moments = (numbers: readonly number[], power: number) =>
    numbers.reduce((total, x) => total + x ** power, 0) / numbers.length;
  const numbers = await valuesOf(normal(key, [size]), device), error = 5 / Math.sqrt(size);
  // The means of x, x², x³ and x⁴ are 0, 1, 0 and 3, with standard errors of 1, √2, √15 and √96 over √size.
  [[1, 0, 1], [2, 1, Math.SQRT2], [3, 0, Math.sqrt(15)], [4, 3, Math.sqrt(96)]].forEach(
    ([power, mean, deviation]) => {
      const found = moments(numbers, power!);
      assert(Math.abs(found - mean!) < error * deviation!, `the mean of x^${power} is ${found}`);
    },
  );
  const heads = await valuesOf(bernoulli(key, 0.3, [size]), device);
  assert(Math.abs(moments(heads, 1) - 0.3) < error * Math.sqrt(0.21));
  const logits = mul(ones([size, 3]), tensor([0, Math.log(2), Math.log(5)]));
  const chosen = await valuesOf(categorical(key, logits), device);
  [1 / 8, 2 / 8, 5 / 8].forEach((chance, i) => {
    const fraction = chosen.filter((choice) => choice === i).length / size;
    assert(
      Math.abs(fraction - chance) < error * Math.sqrt(chance * (1 - chance)),
      `${i} was chosen in ${fraction}`,
    );
  });
});

await deviceTest("dropout() preserves the mean, and its gradient has the same zeros", async (device) => {
  const x = ones([100, 100]), key = randomKey(KEY), y = dropout(x, 0.25, key);
  const values = await valuesOf(y, device), [slope] = gradients([sum(y)], [x]);
  assertEquals(
    new Set(values),
    new Set([0, Math.fround(1 / 0.75)].map((v) => device.info.kind === "reference" && v ? 1 / 0.75 : v)),
  );
  assertEquals(await valuesOf(slope!, device), values);
  const [average] = await valuesOf(mean(y), device);
  assert(Math.abs(average! - 1) < 5 * Math.sqrt(0.25 / 0.75) / 100);
});
