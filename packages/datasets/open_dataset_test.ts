import { writeNpy } from "@gasp/tensor";
import { assertEquals, assertRejects } from "@std/assert";
import { DataError } from "./core/data_error.ts";
import { type DataKind, openDataset } from "./open_dataset.ts";
import { memoryTree, plain, pngFile } from "./images/picture_testing.ts";

const npy = (data: Uint8Array | Int8Array | Int16Array | Float32Array, ...shape: number[]) =>
  writeNpy({ shape, data });
const ramp = (size: number) => Int16Array.from({ length: size }, (_, i) => i);

/** Files of each kind that are told by their shape. */
const ARRAYS: readonly (readonly [DataKind, Uint8Array])[] = [
  ["shapes", npy(new Uint8Array(2 * 64).fill(1, 0, 30), 2, 4, 4, 4)],
  ["occupancy", npy(new Float32Array(2 * 5 * 4), 2, 5, 4)],
  ["glyphs", npy(new Int8Array(2 * 6 * 6), 2, 6, 6)],
  ["climate", npy(ramp(2 * 5 * 9), 2, 5, 9)],
  ["curves", npy(ramp(3 * 8), 3, 8)],
  ["images", npy(new Uint8Array(2 * 6 * 6 * 3), 2, 6, 6, 3)],
];

for (const [kind, bytes] of ARRAYS) {
  Deno.test(`openDataset() takes an array for ${kind} by its shape, and says so`, async () => {
    const opened = await openDataset({ files: memoryTree({ "a.npy": bytes }), file: "a.npy" });
    assertEquals(opened.kind, kind);
    assertEquals(opened.assumed.some((sentence) => sentence.includes(`holds ${kind}`)), true);
    assertEquals(
      (await opened.dataset.batch([0])).length,
      opened.dataset.pointCount * opened.dataset.featureDim,
    );
  });
}

Deno.test("openDataset() reads a folder of pictures at the resolution asked for", async () => {
  const files = memoryTree({
    "a/one.png": pngFile(plain(8, 6, [200, 100, 0])),
    "notes.txt": new Uint8Array(3),
  });
  const { dataset, kind } = await openDataset({ files, resolution: 4 });
  assertEquals([kind, dataset.items, dataset.pointCount], ["images", 1, 16]);
});

Deno.test("openDataset() tells of data in a folder that are not of the set", async () => {
  const array = npy(new Uint8Array(2 * 6 * 6 * 3), 2, 6, 6, 3), picture = pngFile(plain(8, 6, [200, 100, 0]));
  const said = async (files: Record<string, Uint8Array>, file?: string): Promise<string[]> => {
    const messages: string[] = [], report = (message: string) => void messages.push(message);
    await openDataset({ files: memoryTree(files, "folder"), report, ...(file !== undefined && { file }) });
    return messages;
  };
  const several = await said({ "a.npy": array, "b.npy": array, "c.png": picture, "notes.txt": array });
  assertEquals(several, [
    "folder holds data besides those that are read (b.npy): give one file to read another.",
  ]);
  assertEquals(await said({ "a.npy": array, "b.npy": array }, "b.npy"), []);
  assertEquals(await said({ "a.png": picture, "b.png": picture }), []);
  assertEquals((await said({ "a.png": picture, "b.npy": array })).length, 1);
  assertEquals(await said({ "a.npy": array, "b.png": picture }), []);
});

Deno.test("openDataset() tells of arrays that do not take the resolution asked for", async () => {
  const said = async (array: Uint8Array, resolution: number): Promise<string[]> => {
    const messages: string[] = [], report = (message: string) => void messages.push(message);
    await openDataset({ files: memoryTree({ "a.npy": array }), file: "a.npy", resolution, report });
    return messages;
  };
  const sounds = npy(ramp(3 * 8), 3, 8), bytes = npy(new Uint8Array(2 * 6 * 6 * 3), 2, 6, 6, 3);
  assertEquals((await said(sounds, 4)).map((text) => text.includes("keeps its 8 samples instead of 4")), [
    true,
  ]);
  assertEquals(await said(sounds, 8), []);
  assertEquals(await said(bytes, 4), []);
});

Deno.test("openDataset() of one file reads the notes beside it, and no other file of the folder", async () => {
  const notes = new TextEncoder().encode(JSON.stringify({ scale: 0.5, units: "K", quantity: "temperature" }));
  const files = memoryTree({
    "a.npy": npy(ramp(2 * 5 * 9), 2, 5, 9),
    "a.json": notes,
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

Deno.test("openDataset() takes the kind that it is told", async () => {
  const files = memoryTree({ "a.npy": npy(ramp(2 * 5 * 9), 2, 5, 9) });
  const { kind, assumed } = await openDataset({ files, kind: "images" });
  assertEquals([kind, assumed.some((sentence) => sentence.includes("to be sure"))], ["images", false]);
});

Deno.test("openDataset() says what it expected where it recognises nothing", async () => {
  const files = memoryTree({ "notes.txt": new Uint8Array(3) }, "folder");
  await assertRejects(() => openDataset({ files }), DataError, "folder has nothing that is read");
});
