import { openNpy, openNpz } from "@gasp/tensor";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Instance, Name, TorchWriter } from "../../tensor/io/torch/torch_testing.ts";
import { DataError } from "../core/data_error.ts";
import { assertReadOrRejected, mutations } from "../core/mutations_testing.ts";
import { memoryTree } from "../images/picture_testing.ts";
import { inferDataKind, openDataset } from "../open_dataset.ts";
import { numpyOfTorch } from "./torch_arrays.ts";

/** A file of one tensor. */
function tensorFile(data: Float32Array | Uint8Array, shape: readonly number[], type?: string): Uint8Array {
  const writer = new TorchWriter();
  return writer.file(
    writer.tensor(data, shape, type ?? (data instanceof Uint8Array ? "ByteStorage" : undefined)),
  );
}

const cube = (side: number, first: number) =>
  Uint8Array.from({ length: side ** 3 }, (_, i) => Number(i >= first && i < first + side));

Deno.test("numpyOfTorch() keeps numbers, shapes and types", () => {
  const half = Uint16Array.of(0x3c00, 0xc000), writer = new TorchWriter();
  const halves = writer.file(writer.tensor(half, [2], "HalfStorage"));
  const of = (bytes: Uint8Array) => {
    const { shape, data, dtype } = openNpy(numpyOfTorch(bytes, "a.pt")).read();
    return [shape, dtype, [...data as Float32Array]];
  };
  assertEquals(of(tensorFile(Float32Array.of(1, -2.5), [2, 1])), [[2, 1], "f4", [1, -2.5]]);
  assertEquals(of(tensorFile(Uint8Array.of(0, 1, 1), [3], "BoolStorage")), [[3], "b1", [0, 1, 1]]);
  assertEquals(of(halves), [[2], "f4", [1, -2]]);
});

Deno.test("numpyOfTorch() reads strided tensors, lists and dictionaries", () => {
  const writer = new TorchWriter(), numbers = Float32Array.of(1, 2, 3, 4);
  const transposed = writer.tensor(numbers, [2, 2], "FloatStorage", 0, [1, 2]);
  const list = openNpy(numpyOfTorch(writer.file([transposed, transposed]), "a.pt")).read();
  assertEquals([list.shape, [...list.data as Float32Array]], [[2, 2, 2], [1, 3, 2, 4, 1, 3, 2, 4]]);
  const named = openNpz(
    numpyOfTorch(writer.file(new Map<string, unknown>([["x", transposed], ["n", 3]])), "a.pt"),
  );
  assertEquals([...named.keys()], ["x"]);
  const other = writer.tensor(numbers, [4]);
  assertThrows(
    () => numpyOfTorch(writer.file([transposed, other]), "a.pt"),
    DataError,
    "of different shapes or types ([2,2] and [4])",
  );
});

Deno.test("openDataset() reads the authors' voxels: a folder of tensors of bytes, one a shape", async () => {
  const files = memoryTree({
    "b.pt": tensorFile(cube(4, 8), [4, 4, 4]),
    "a.pt": tensorFile(cube(4, 0), [4, 4, 4]),
  });
  assertEquals(await inferDataKind({ files }), "shapes");
  const { dataset, kind } = await openDataset({ files });
  assertEquals([kind, dataset.items, dataset.pointCount], ["shapes", 2, 64]);
  const inside = async (item: number) =>
    [...await dataset.batch([item])].flatMap((value, i) => value > 0 ? [i] : []);
  assertEquals([await inside(0), await inside(1)], [[0, 1, 2, 3], [8, 9, 10, 11]]);
});

Deno.test("openDataset() reads the authors' point clouds: a folder of tensors of x, y, z and occupancy", async () => {
  const cloud = (shift: number) =>
    Float32Array.from({ length: 40 }, (_, i) => i % 4 === 3 ? Number(i > 20) : (i % 7 + shift) / 20);
  const files = memoryTree({
    "1.pt": tensorFile(cloud(0), [10, 4]),
    "2.pt": tensorFile(cloud(1), [10, 4]),
  });
  const { dataset, kind } = await openDataset({ files });
  assertEquals([kind, dataset.items, dataset.pointCount], ["occupancy", 2, 10]);
  const coordinates = await dataset.batchCoordinates!([1]);
  assertEquals([...coordinates.subarray(0, 3)], [0.1, 0.2, 0.3].map(Math.fround));
  assertEquals([...await dataset.batch([1])], [-1, -1, -1, -1, -1, 1, 1, 1, 1, 1]);
});

Deno.test("openDataset() refuses models and code, without running it", async () => {
  const refused = async (bytes: Uint8Array, message: string) =>
    await assertRejects(() => openDataset({ files: memoryTree({ "a.pt": bytes }) }), DataError, message);
  await refused(new TorchWriter().file(new Map([["epoch", 3]])), "a.pt holds no tensors");
  await refused(
    new TorchWriter().file(new Instance(new Name("torch.nn.modules.linear", "Linear"), new Map())),
    "pictures/a.pt",
  );
  await refused(
    new TorchWriter().file(new Instance(new Name("os", "system"), new Map())),
    '"os.system", which is not allowed',
  );
  await refused(new Uint8Array(100), "pictures/a.pt cannot be read");
});

Deno.test("numpyOfTorch() survives damaged files", async () => {
  const originals = [
    tensorFile(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]),
    tensorFile(cube(3, 2), [3, 3, 3]),
  ];
  await assertReadOrRejected(mutations(originals, 600, 4), (bytes) => {
    openNpy(numpyOfTorch(bytes, "a.pt")).read();
  });
});
