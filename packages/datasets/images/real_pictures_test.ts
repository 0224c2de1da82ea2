/**
 * What people have on their disks as pictures: colours that a marker names, orientations of cameras, formats besides PNG and
 * JPEG, pictures that are not square, damaged files.
 *
 * @module
 */
import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { DataError } from "../core/data_error.ts";
import { assertReadOrRejected, fuzzRounds, mutations } from "../core/mutations_testing.ts";
import { decodeImage } from "./decode_image.ts";
import { imageFolder } from "./image_folder.ts";
import { bmpFile, FOUR, gifFile, tiffFile } from "./other_testing.ts";
import { fitToSquare, orientPicture } from "./picture.ts";
import { jpegFile, memoryTree, plain, pngFile } from "./picture_testing.ts";

const RED = [220, 30, 20] as const;

/** Inserts a segment after the first marker. */
function withSegment(jpeg: Uint8Array, marker: number, contents: readonly number[]): Uint8Array {
  const length = contents.length + 2;
  return Uint8Array.of(0xff, 0xd8, 0xff, marker, length >> 8, length & 255, ...contents, ...jpeg.subarray(2));
}

/** Removes the JFIF marker, which says YCbCr. */
function withoutJfif(jpeg: Uint8Array): Uint8Array {
  assertEquals([...jpeg.subarray(2, 4)], [0xff, 0xe0]);
  return Uint8Array.of(0xff, 0xd8, ...jpeg.subarray(4 + (jpeg[4]! << 8 | jpeg[5]!)));
}

const adobe = (transform: number) => [...new TextEncoder().encode("Adobe"), 0, 100, 0, 0, 0, 0, transform];

function exif(orientation: number, little: boolean): number[] {
  const view = new DataView(new ArrayBuffer(26));
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  [[2, 42], [8, 1], [10, 0x112], [12, 3]].forEach(([at, value]) => view.setUint16(at!, value!, little));
  view.setUint32(4, 8, little);
  view.setUint32(14, 1, little);
  view.setUint16(18, orientation, little);
  return [...new TextEncoder().encode("Exif\0\0"), ...new Uint8Array(view.buffer)];
}

const middle = (pixels: Uint8Array) => [...pixels.subarray(0, 3)];
function assertNear(actual: readonly number[], expected: readonly number[], tolerance = 3): void {
  actual.forEach((value, i) =>
    assertLess(Math.abs(value - expected[i]!), tolerance + 1, `${actual} ${expected}`)
  );
}

Deno.test("decodeImage() follows the colour transform of Adobe's marker and the names of components", async () => {
  const file = jpegFile(plain(16, 16, RED)), bare = withoutJfif(file);
  // What the file stores of this colour, as Y, Cb, Cr.
  const stored = [85, 91, 224];
  const decoded = async (bytes: Uint8Array) => middle((await decodeImage(bytes, "a.jpg")).pixels);
  assertNear(await decoded(file), RED);
  assertNear(await decoded(bare), RED);
  assertNear(await decoded(withSegment(bare, 0xee, adobe(1))), RED);
  assertNear(await decoded(withSegment(bare, 0xee, adobe(0))), stored);
  const named = bare.slice(), frame = named.findIndex((byte, i) => byte === 0xff && named[i + 1] === 0xc0);
  const scan = named.findIndex((byte, i) => byte === 0xff && named[i + 1] === 0xda);
  [..."RGB"].forEach((letter, i) => {
    named[frame + 10 + 3 * i] = letter.charCodeAt(0);
    named[scan + 5 + 2 * i] = letter.charCodeAt(0);
  });
  assertNear(await decoded(named), stored);
});

Deno.test("decodeImage() applies the orientation of cameras, or not", async () => {
  // Red above, blue below.
  const pixels = Uint8Array.from(
    { length: 16 * 32 * 3 },
    (_, i) => i < 16 * 16 * 3 ? RED[i % 3]! : [10, 20, 200][i % 3]!,
  );
  const file = jpegFile({ height: 32, width: 16, channels: 3, pixels });
  const corners: Record<number, string> = {
    1: "rrbb",
    2: "rrbb",
    3: "bbrr",
    4: "bbrr",
    5: "rbrb",
    6: "brbr",
    7: "brbr",
    8: "rbrb",
  };
  for (let orientation = 1; orientation <= 8; orientation++) {
    for (const little of [false, true]) {
      const turned = withSegment(file, 0xe1, exif(orientation, little));
      const { width, height, pixels } = await decodeImage(turned, "a.jpg");
      assertEquals([width, height], orientation < 5 ? [16, 32] : [32, 16]);
      const at = (x: number, y: number) => pixels[3 * (y * width + x)]! > 128 ? "r" : "b";
      const found = at(0, 0) + at(width - 1, 0) + at(0, height - 1) + at(width - 1, height - 1);
      assertEquals(found, corners[orientation], `orientation ${orientation}`);
      assertEquals((await decodeImage(turned, "a.jpg", { asStored: true })).width, 16);
    }
  }
  await decodeImage(withSegment(file, 0xe1, exif(99, true)), "a.jpg");
  const { pixels: same } = orientPicture(orientPicture(await decodeImage(file, "a"), 6), 8);
  assertEquals(same, (await decodeImage(file, "a")).pixels);
});

Deno.test("decodeImage() names the coding of JPEG files that it refuses", async () => {
  const file = jpegFile(plain(16, 16, RED)),
    frame = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xc0);
  const changed = (at: number, value: number) => file.map((byte, i) => i === frame + at ? value : byte);
  for (
    const [bytes, message] of [
      [changed(1, 0xc9), "arithmetic coding"],
      [changed(1, 0xca), "arithmetic coding"],
      [changed(1, 0xc3), "lossless coding"],
      [changed(1, 0xc5), "hierarchical coding"],
      [changed(4, 12), "12 bits per sample"],
      [file.subarray(0, file.length - 60), "remature end"],
    ] as const
  ) {
    await assertRejects(() => decodeImage(bytes, "a.jpg"), DataError, message);
  }
});

Deno.test("decodeImage() decodes the first image of GIF, BMP and TIFF files", async () => {
  for (
    const [name, bytes] of Object.entries({
      gif: gifFile(),
      tif: tiffFile(),
      bmp: bmpFile(false),
      rle: bmpFile(true),
    })
  ) {
    const { height, width, channels, pixels } = await decodeImage(bytes, name);
    assertEquals([height, width, channels, ...pixels], [2, 2, 3, ...FOUR], name);
  }
});

Deno.test("decodeImage() returns an image or throws a DataError for damaged files of every format", async () => {
  const files = [gifFile(), tiffFile(), bmpFile(false), bmpFile(true)];
  await assertReadOrRejected(mutations(files, fuzzRounds(200), 5), async (bytes) => {
    const { height, width, channels, pixels } = await decodeImage(bytes, "x");
    assertEquals(pixels.length, height * width * channels);
  });
});

Deno.test("fitToSquare() crops, pads or squeezes", () => {
  const wide = { height: 2, width: 4, channels: 1, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) } as const;
  assertEquals([...fitToSquare(wide, 2, "crop").pixels], [2, 3, 6, 7]);
  assertEquals([...fitToSquare(wide, 4, "pad").pixels], [
    255,
    255,
    255,
    255,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    255,
    255,
    255,
    255,
  ]);
  const squeezed = fitToSquare(wide, 2, "squeeze");
  assertEquals([squeezed.height, squeezed.width], [2, 2]);
  assert(squeezed.pixels[0]! < squeezed.pixels[1]!);
});

Deno.test("imageFolder() reports damaged files and pictures that are not square before the first batch", async () => {
  const good = pngFile(plain(8, 8, [9, 9, 9])), cut = good.slice(0, good.length - 20);
  const files = {
    "a.png": good,
    "b.png": cut,
    "c.png": pngFile(plain(4, 8, [7, 7, 7])),
    "d.jpg": new Uint8Array(0),
  };
  const messages: string[] = [], report = (message: string) => messages.push(message);
  await assertRejects(
    () => imageFolder(memoryTree(files), { resolution: 4, check: "all", report }),
    DataError,
    "2 of 4 pictures cannot be read",
  );
  const set = await imageFolder(memoryTree(files), {
    resolution: 4,
    check: "all",
    skipDamaged: true,
    report,
  });
  assertEquals([set.items, set.damaged], [2, 0]);
  assert(
    messages.some((message) => message.includes("2 of 4 pictures cannot be read and are skipped")),
    String(messages),
  );
  assert(messages.some((message) => message.includes("1 of 2 pictures is not square")), String(messages));
  assertEquals([...await set.pixels([1])].slice(0, 3), [7, 7, 7]);
});
