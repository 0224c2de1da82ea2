import { assertEquals, assertRejects } from "@std/assert";
import { MemoryCacheStore } from "../core/cache_store.ts";
import { DataError } from "../core/data_error.ts";
import { imageFolder } from "./image_folder.ts";
import { jpegFile, memoryTree, plain, pngFile } from "./picture_testing.ts";

const BYTES = (text: string) => new TextEncoder().encode(text);

Deno.test("imageFolder() finds images of any size at any depth, sorted by name", async () => {
  const folder = memoryTree({
    "b.PNG": pngFile(plain(5, 9, [10, 20, 30])),
    "a/z.png": pngFile(plain(12, 4, [200])),
    "notes.txt": BYTES("not a picture"),
    "a/.DS_Store": BYTES("x"),
    "a/._z.png": BYTES("x"),
    "__MACOSX/z.png": BYTES("x"),
    "c.jpeg": jpegFile(plain(16, 16, [40, 40, 40])),
  });
  const set = await imageFolder(folder, { resolution: 4 });
  assertEquals([set.name, set.items, set.pointCount, set.featureDim], ["pictures", 3, 16, 3]);
  assertEquals(set.display, { kind: "image", height: 4, width: 4, channels: 3 });
  const colours = [[200, 200, 200], [10, 20, 30], [40, 40, 40]];
  const expected = colours.flatMap((colour) => new Array(16).fill(colour).flat());
  assertEquals([...await set.pixels([0, 1, 2])], expected);
});

Deno.test("imageFolder() has one channel if all files are grey or if requested", async () => {
  const grey = { "a.png": pngFile(plain(4, 4, [9])), "b.png": pngFile(plain(4, 4, [7])) };
  const channelsOf = async (files: Record<string, Uint8Array>, channels?: 1 | 3) =>
    (await imageFolder(memoryTree(files), { resolution: 2, ...(channels && { channels }) })).featureDim;
  assertEquals(await channelsOf(grey), 1);
  assertEquals(await channelsOf(grey, 3), 3);
  const mixed = { ...grey, "c.png": pngFile(plain(4, 4, [255, 0, 0])) };
  assertEquals(await channelsOf(mixed), 3);
  const asGrey = await imageFolder(memoryTree(mixed), { resolution: 2, channels: 1 });
  assertEquals([...await asGrey.pixels([2])], [76, 76, 76, 76]);
});

Deno.test("imageFolder() reads a file once if there is a cache, and again after the folder changed", async () => {
  const files = { "a.png": pngFile(plain(4, 4, [9, 9, 9])), "b.png": pngFile(plain(4, 4, [7, 7, 7])) };
  const options = { resolution: 2, cache: new MemoryCacheStore() };
  const folder = memoryTree(files);
  const set = await imageFolder(folder, options);
  assertEquals(folder.reads, []);
  await set.batch([1, 1]);
  await (await imageFolder(folder, options)).batch([1]);
  assertEquals(folder.reads, ["b.png"]);
  await (await imageFolder(folder, { ...options, resolution: 3 })).batch([1]);
  assertEquals(folder.reads, ["b.png", "b.png"]);
  const grown = memoryTree({ ...files, "c.png": files["a.png"] });
  await (await imageFolder(grown, options)).batch([1]);
  assertEquals(grown.reads, ["b.png"]);
});

Deno.test("imageFolder() names a file that is not an image, or skips it", async () => {
  const folder = memoryTree({
    "a.png": pngFile(plain(4, 4, [9, 9, 9])),
    "sub/b.jpg": BYTES("<html>not found</html>"),
  });
  const strict = await imageFolder(folder, { resolution: 2 });
  await strict.batch([0]);
  await assertRejects(() => strict.batch([1]), DataError, "pictures/sub/b.jpg is not a PNG or JPEG file");
  const messages: string[] = [];
  const report = (message: string) => messages.push(message);
  const lenient = await imageFolder(folder, { resolution: 2, skipDamaged: true, report });
  assertEquals([...await lenient.pixels([1])], [...await lenient.pixels([0])]);
  assertEquals([lenient.damaged, messages.length], [1, 1]);
});

Deno.test("imageFolder() rejects folders without images and resolutions out of range", async () => {
  const expected =
    "pictures has no images: expected files ending in .png, .jpg, .webp, .gif, .bmp, .tif or .avif, ";
  const open = (files: Record<string, Uint8Array>, resolution = 4) =>
    imageFolder(memoryTree(files), { resolution });
  await assertRejects(() => open({}), DataError, `${expected}the folder is empty.`);
  await assertRejects(() => open({ "a.svg": BYTES("<svg") }), DataError, `${expected}found a.svg.`);
  for (const resolution of [1, 2.5]) {
    await assertRejects(() => open({}, resolution), RangeError, `above 1, got ${resolution}`);
  }
});

Deno.test("imageFolder() reports pictures of formats that are not read", async () => {
  const messages: string[] = [], report = (message: string) => messages.push(message);
  const image = pngFile(plain(4, 4, [9, 9, 9])), other = BYTES("x");
  const folder = memoryTree({
    "a.png": image,
    "b.HEIC": other,
    "c.heic": other,
    "d.NEF": other,
    "e.mov": other,
  });
  assertEquals((await imageFolder(folder, { resolution: 2, report })).items, 1);
  assertEquals(messages, [
    "pictures: 3 pictures are of formats that are not read (.heic, .nef): convert them, for example with " +
    'magick mogrify -format jpg "*.heic".',
  ]);
});
