import { assertEquals, assertThrows } from "@std/assert";
import { gzip, type TypedArray, writeNpy, writeNpz } from "@gasp/tensor";
import { arrayDataset, type ArrayOptions } from "./array_dataset.ts";
import { DataError } from "./core/data_error.ts";
import { assertReadOrRejected, fuzzRounds, mutations } from "./core/mutations_testing.ts";

const load = (shape: number[], data: TypedArray, options?: ArrayOptions, dtype?: string) =>
  arrayDataset(writeNpy({ shape, data, ...(dtype && { dtype }) }), "a.npy", options);

Deno.test("arrayDataset() reads bytes as images, channels last or first", async () => {
  const grey = load([2, 2, 2], Uint8Array.of(0, 255, 51, 0, 1, 2, 3, 4));
  assertEquals(grey.dataset.display, { kind: "image", height: 2, width: 2, channels: 1 });
  assertEquals([...await grey.dataset.batch([0])], [-1, 1, 2 * Math.fround(0.2) - 1, -1].map(Math.fround));
  const colour = Uint8Array.from({ length: 12 }, (_, i) => i);
  const last = load([1, 2, 2, 3], colour).dataset;
  const planar =
    load([1, 3, 2, 2], Uint8Array.from({ length: 12 }, (_, i) => 3 * (i % 4) + Math.floor(i / 4))).dataset;
  assertEquals(last.display, { kind: "image", height: 2, width: 2, channels: 3 });
  assertEquals(await planar.batch([0]), await last.batch([0]));
});

Deno.test("arrayDataset() reports its assumptions", () => {
  assertEquals(load([1, 2, 2], new Uint8Array(4)).assumptions, [
    "the axes are (items, height, width)",
    "bytes are brightness from 0 to 255",
  ]);
  assertEquals(load([1, 4], Int16Array.of(1, 2, 3, 4)).assumptions, [
    "the axes are (items, samples)",
    "16-bit integers are sound",
  ]);
  assertEquals(load([4, 4, 3], new Uint8Array(48)).assumptions[0], "(4, 4, 3) is one colour image");
});

Deno.test("arrayDataset() keeps floats within [-1, 1] and scales other numbers by their range", async () => {
  for (
    const [data, expected, scale] of [
      [Float32Array.of(0, 0.5, 1, 0.25), [-1, 0, 1, -0.5], undefined],
      [Float32Array.of(-1, 0.5, 1, 0), [-1, 0.5, 1, 0], undefined],
      [Float64Array.of(10, 20, 30, 15), [-1, 0, 1, -0.5], { low: 10, high: 30 }],
      [Int16Array.of(10, 20, 30, 15), [-1, 0, 1, -0.5], { low: 10, high: 30 }],
    ] as const
  ) {
    const { dataset } = load([1, 2, 2], data);
    assertEquals([...await dataset.batch([0])], [...expected]);
    assertEquals(dataset.display.kind === "image" && dataset.display.scale, scale);
  }
  const booleans = load([1, 2, 1], Uint8Array.of(0, 1), {}, "b1").dataset;
  assertEquals([...await booleans.batch([0])], [-1, 1]);
  const options = { scale: 0.5, offset: 1, units: "m", range: { low: 0, high: 4 } };
  const metres = load([1, 2, 1], Int16Array.of(2, 6), options).dataset;
  assertEquals([...await metres.batch([0])], [0, 1]);
  assertEquals(metres.display.kind === "image" && metres.display.scale, { low: 0, high: 4, units: "m" });
});

Deno.test("arrayDataset() reads functions of one variable", async () => {
  const sound = load([2, 2], Int16Array.of(-32768, 0, 16384, 8192), { rate: 8000 }).dataset;
  assertEquals(sound.display, { kind: "curve", samples: 2, rate: 8000 });
  assertEquals([...await sound.batch([1, 0])], [0.5, 0.25, -1, 0]);
  const volts = load([1, 3], Float32Array.of(0, 5, 10), { units: "V" }).dataset;
  assertEquals([...await volts.batch([0])], [-1, 0, 1]);
  assertEquals(volts.display, { kind: "curve", samples: 3, scale: { low: 0, high: 10, units: "V" } });
});

Deno.test("arrayDataset() selects arrays of npz files", async () => {
  const picture = { shape: [1, 2, 1], data: Uint8Array.of(0, 255) };
  const one = writeNpz([["x", picture]]), two = writeNpz([["x", picture], ["y", picture]]);
  assertEquals([...await arrayDataset(one, "a.npz").dataset.batch([0])], [-1, 1]);
  assertEquals(arrayDataset(two, "a.npz", { array: "y" }).dataset.items, 1);
  assertThrows(() => arrayDataset(two, "a.npz"), DataError, "has the arrays x, y: say which with --variable");
  const own = writeNpz([["coordinates", { shape: [2, 1], data: Float32Array.of(0, 1) }], [
    "features",
    picture,
  ]]);
  assertEquals(arrayDataset(own, "a.npz").dataset.display.kind, "cloud");
});

Deno.test("arrayDataset() rejects other arrays and damaged files", () => {
  assertThrows(() => load([2], new Uint8Array(2)), DataError, "has the shape (2): expected (items, samples)");
  assertThrows(() => load([1, 4, 4, 4], new Uint8Array(64)), DataError, "read voxel grids as shapes");
  assertThrows(() => load([1, 2, 2], new Int16Array(4)), DataError, "all values are 0");
  assertThrows(() => load([1, 2, 2], Float32Array.of(0, NaN, 1, 1)), DataError, "element 1 is NaN");
  assertThrows(
    () => arrayDataset(new Uint8Array(9), "a.npy"),
    DataError,
    "a.npy cannot be read: not a .npy file",
  );
});

Deno.test("arrayDataset() returns or throws a DataError for damaged files", async () => {
  const plain = writeNpy({ shape: [2, 2, 2], data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) });
  const curve = writeNpy({ shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
  await assertReadOrRejected(mutations([plain, gzip(plain), curve], fuzzRounds(600), 3), async (bytes) => {
    const { dataset } = arrayDataset(bytes, "a.npy");
    assertEquals((await dataset.batch([0])).every(Number.isFinite), true);
  });
});
