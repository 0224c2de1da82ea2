import { writeNpy } from "@gasp/tensor";
import { assertEquals, assertRejects } from "@std/assert";
import { DataError } from "./core/data_error.ts";
import type { DataKind } from "./core/file_formats.ts";
import { openDataset } from "./open_dataset.ts";
import { memoryTree, plain, pngFile } from "./images/picture_testing.ts";

const npy = (data: Uint8Array | Int8Array | Int16Array | Float32Array, ...shape: number[]) =>
  writeNpy({ shape, data });
const ramp = (size: number) => Int16Array.from({ length: size }, (_, i) => i);

/** An array of each kind that follows from the shape. */
const ARRAYS: readonly (readonly [DataKind, Uint8Array])[] = [
  ["shapes", npy(new Uint8Array(2 * 64).fill(1, 0, 30), 2, 4, 4, 4)],
  ["occupancy", npy(new Float32Array(2 * 5 * 4), 2, 5, 4)],
  ["glyphs", npy(new Int8Array(2 * 6 * 6), 2, 6, 6)],
  ["climate", npy(ramp(2 * 5 * 9), 2, 5, 9)],
  ["curves", npy(ramp(3 * 8), 3, 8)],
  ["images", npy(new Uint8Array(2 * 6 * 6 * 3), 2, 6, 6, 3)],
];

for (const [kind, bytes] of ARRAYS) {
  Deno.test(`openDataset() infers from its shape that an array holds ${kind}, and reports it`, async () => {
    const opened = await openDataset({ files: memoryTree({ "a.npy": bytes }), file: "a.npy" });
    assertEquals(opened.kind, kind);
    assertEquals(opened.assumptions.some((sentence) => sentence.includes(`holds ${kind}`)), true);
    assertEquals(
      (await opened.dataset.batch([0])).length,
      opened.dataset.pointCount * opened.dataset.featureDim,
    );
  });
}

Deno.test("openDataset() reads a folder of images at the requested resolution", async () => {
  const files = memoryTree({
    "a/one.png": pngFile(plain(8, 6, [200, 100, 0])),
    "notes.txt": new Uint8Array(3),
  });
  const { dataset, kind } = await openDataset({ files, resolution: 4 });
  assertEquals([kind, dataset.items, dataset.pointCount], ["images", 1, 16]);
});

Deno.test("openDataset() reports data files in a folder that it does not read", async () => {
  const array = npy(new Uint8Array(2 * 6 * 6 * 3), 2, 6, 6, 3), picture = pngFile(plain(8, 8, [200, 100, 0]));
  const reported = async (files: Record<string, Uint8Array>, file?: string): Promise<string[]> => {
    const messages: string[] = [], report = (message: string) => void messages.push(message);
    await openDataset({ files: memoryTree(files, "folder"), report, ...(file !== undefined && { file }) });
    return messages;
  };
  const several = await reported({ "a.npy": array, "b.npy": array, "c.png": picture, "notes.txt": array });
  assertEquals(several, [
    "folder holds other data that is not read (b.npy): pass a single file to read it.",
  ]);
  assertEquals(await reported({ "a.npy": array, "b.npy": array }, "b.npy"), []);
  assertEquals(await reported({ "a.png": picture, "b.png": picture }), []);
  assertEquals((await reported({ "a.png": picture, "b.npy": array })).length, 1);
  assertEquals(await reported({ "a.npy": array, "b.png": picture }), []);
});

Deno.test("openDataset() reports that it ignores the resolution for arrays that are not resampled", async () => {
  const reported = async (array: Uint8Array, resolution: number): Promise<string[]> => {
    const messages: string[] = [], report = (message: string) => void messages.push(message);
    await openDataset({ files: memoryTree({ "a.npy": array }), file: "a.npy", resolution, report });
    return messages;
  };
  const sounds = npy(ramp(3 * 8), 3, 8), bytes = npy(new Uint8Array(2 * 6 * 6 * 3), 2, 6, 6, 3);
  const [message, ...others] = await reported(sounds, 4);
  assertEquals([message?.includes("has 8 samples, not the requested 4"), others], [true, []]);
  assertEquals(await reported(sounds, 8), []);
  assertEquals(await reported(bytes, 4), []);
});

Deno.test("openDataset() of one file reads its metadata and no other file of the folder", async () => {
  const metadata = new TextEncoder().encode(
    JSON.stringify({ scale: 0.5, units: "K", quantity: "temperature" }),
  );
  const files = memoryTree({
    "a.npy": npy(ramp(2 * 5 * 9), 2, 5, 9),
    "a.json": metadata,
    "b.npy": npy(ramp(2 * 7 * 13), 2, 7, 13),
  });
  const { dataset } = await openDataset({ files, file: "a.npy" });
  assertEquals(dataset.items, 2);
  assertEquals(dataset.display, {
    kind: "sphere",
    latitudes: 5,
    longitudes: 9,
    scale: { low: 0, high: 44.5, units: "K", quantity: "temperature" },
  });
});

Deno.test("openDataset() uses the requested kind", async () => {
  const files = memoryTree({ "a.npy": npy(ramp(2 * 5 * 9), 2, 5, 9) });
  const { kind, assumptions: assumed } = await openDataset({ files, kind: "images" });
  assertEquals([kind, assumed.some((sentence) => sentence.includes("to be explicit"))], ["images", false]);
});

Deno.test("openDataset() names the formats it expected if it recognises nothing", async () => {
  const files = memoryTree({ "notes.txt": new Uint8Array(3) }, "folder");
  await assertRejects(
    () => openDataset({ files }),
    DataError,
    "folder holds no data that can be read: expected digits (idx3-ubyte), ",
  );
  await assertRejects(
    () => openDataset({ files, file: "notes.txt" }),
    DataError,
    "folder/notes.txt has a name of no known format",
  );
});
