/** Cases of pictures: colours that a marker names, damaged files, and what systems leave beside them. */
import { encodePng } from "@gasp/gasp";
import { writeNpy } from "@gasp/tensor";
import { zipSync } from "fflate";
import { gifFile } from "../../packages/datasets/images/other_testing.ts";
import { jpegFile, plain, pngFile } from "../../packages/datasets/images/picture_testing.ts";
import { binvoxFile, boxMesh, lopsided, objFile } from "../../packages/datasets/shapes/shape_testing.ts";
import { writeWav } from "@gasp/datasets";
import { type CaseKind, fixture, fixtures } from "./case.ts";

const RED = [220, 30, 20] as const;
const SQUARE = pngFile(plain(8, 8, [9, 9, 9]));
const text = (words: string) => new TextEncoder().encode(words);

/** Replaces the JFIF marker by that of Adobe, which names a transform of colours. */
function adobe(jpeg: Uint8Array, transform: number): Uint8Array {
  const rest = jpeg.subarray(4 + (jpeg[4]! << 8 | jpeg[5]!));
  return Uint8Array.of(
    ...[0xff, 0xd8, 0xff, 0xee, 0, 14],
    ...text("Adobe"),
    ...[0, 100, 0, 0, 0, 0, transform],
    ...rest,
  );
}

/** A picture of one colour as JPEG. */
const PLAIN = jpegFile(plain(16, 16, RED));

/** Pictures that Pillow wrote of one scene. */
const scene = (name: string) =>
  Deno.readFileSync(new URL(`../../tools/mutations/fixtures/${name}`, import.meta.url));

/** Range of the features of a colour. */
const range = (...colour: readonly number[]) => colour.map((value) => `${one(value)} to ${one(value)}`);
const one = (value: number) => Math.fround(2 * Math.fround(value / 255) - 1).toFixed(4);

/** Kinds of cases of pictures. */
export const PICTURES: readonly CaseKind[] = [
  {
    title: "10: the colours of JPEG files by their markers",
    reported: [{
      name: "red, green, blue and white, stored as RGB",
      files: { "rgb.jpg": fixture("10/rgb.jpg") },
      args: ["rgb.jpg", "--resolution", "32"],
      // From 30 to 240 in each channel; as YCbCr, other ends.
      expect: { items: 1, features: Array(3).fill("-0.7647 to 0.8824") },
    }],
    others: [
      {
        name: "YCbCr of JFIF",
        files: { "a.jpg": PLAIN },
        args: ["a.jpg", "--resolution", "16"],
        expect: { features: range(221, 30, 20) },
      },
      {
        name: "YCbCr by Adobe's marker",
        files: { "a.jpg": adobe(PLAIN, 1) },
        args: ["a.jpg", "--resolution", "16"],
        expect: { features: range(221, 30, 20) },
      },
      {
        name: "RGB by Adobe's marker: what is stored is shown",
        files: { "a.jpg": adobe(PLAIN, 0) },
        args: ["a.jpg", "--resolution", "16"],
        expect: { features: range(86, 91, 224) },
      },
      {
        name: "CMYK, inverted as Adobe does",
        files: { "a.jpg": scene("cmyk.jpg") },
        args: ["a.jpg", "--resolution", "13"],
        expect: { items: 1, says: ["1 of 1 pictures is not square"] },
      },
      {
        name: "YCCK",
        files: { "a.jpg": scene("ycck.jpg") },
        args: ["a.jpg", "--resolution", "13", "--fit", "squeeze"],
        expect: { items: 1 },
      },
      {
        name: "progressive, turned by the camera",
        files: { "a.jpg": scene("progressive.jpg") },
        args: ["a.jpg", "--resolution", "13", "--as-stored"],
        expect: { items: 1 },
      },
    ],
  },
  {
    title: "22: one damaged picture among others",
    reported: [
      {
        name: "one of 20 is cut off",
        files: fixtures("22/set"),
        args: [".", "--resolution", "16"],
        expect: { refused: ["1 of 20 pictures cannot be read", "10.jpg", "--skip-damaged"] },
      },
      {
        name: "one of 20 is cut off, and skipped",
        files: fixtures("22/set"),
        args: [".", "--resolution", "16", "--skip-damaged"],
        expect: { items: 19, says: ["1 of 20 pictures cannot be read and are skipped", "10.jpg"] },
      },
    ],
    others: [
      {
        name: "a PNG file without its end",
        files: { "a.png": SQUARE, "b.png": SQUARE.slice(0, SQUARE.length - 20) },
        args: [".", "--resolution", "8"],
        expect: { refused: ["1 of 2 pictures cannot be read", "b.png"] },
      },
      {
        name: "a PNG file with a wrong checksum",
        files: {
          "a.png": SQUARE,
          "b.png": SQUARE.map((byte, i) => i === SQUARE.length - 14 ? byte ^ 1 : byte),
        },
        args: [".", "--resolution", "8", "--skip-damaged"],
        expect: { items: 1, says: ["1 of 2 pictures cannot be read and are skipped", "b.png"] },
      },
      {
        name: "an empty file",
        files: { "a.jpg": PLAIN, "b.jpg": new Uint8Array(0) },
        args: [".", "--resolution", "8"],
        expect: { refused: ["1 of 2 pictures cannot be read", "b.jpg", "empty"] },
      },
      {
        name: "a web page in place of a picture",
        files: { "a.jpg": PLAIN, "b.jpg": text("<html><body>404</body></html>") },
        args: [".", "--resolution", "8"],
        expect: { refused: ["b.jpg", "HTML"] },
      },
      {
        name: "a GIF file that is cut off",
        files: { "a.png": SQUARE, "b.gif": gifFile().slice(0, 30) },
        args: [".", "--resolution", "8", "--skip-damaged"],
        expect: { items: 1, says: ["b.gif"] },
      },
      {
        name: "nothing but damaged pictures",
        files: { "a.jpg": PLAIN.slice(0, 100), "b.png": SQUARE.slice(0, 40) },
        args: [".", "--resolution", "8", "--skip-damaged"],
        expect: { refused: ["2 of 2 pictures"] },
      },
    ],
  },
  {
    title: "13: files and folders that systems leave behind",
    reported: (["binvox", "wav", "nc", "mesh", "thumbs"] as const).map((folder) => ({
      name: `beside ${folder}`,
      files: fixtures(`13/${folder}`),
      args: [".", "--resolution", folder === "wav" ? "64" : "8"] as const,
      expect: { items: 1 },
    })),
    others: [
      {
        name: "a folder of resource forks in a ZIP archive",
        files: { "a.zip": zipSync({ "a.png": SQUARE, "__MACOSX/._a.png": text("fork") }) },
        args: ["a.zip", "--resolution", "8"],
        expect: { kind: "images", items: 1 },
      },
      {
        name: ".DS_Store and Thumbs.db beside pictures",
        files: { "a.png": SQUARE, ".DS_Store": text("x"), "Thumbs.db": text("x"), "b/.DS_Store": text("x") },
        args: [".", "--resolution", "8"],
        expect: { kind: "images", items: 1 },
      },
      {
        name: "thumbnails of a NAS beside sounds",
        files: {
          "a.wav": writeWav({ rate: 8000, samples: new Float32Array(64).fill(0.5) }),
          "@eaDir/a.wav/thumb.jpg": PLAIN,
          "desktop.ini": text("[x]"),
        },
        args: ["."],
        expect: { kind: "curves", items: 1 },
      },
      {
        name: "a hidden folder of checkpoints beside arrays",
        files: {
          "a.npy": writeNpy({ shape: [2, 4, 4, 4], data: new Uint8Array(128).fill(1) }),
          ".ipynb_checkpoints/a.npy": text("x"),
          "._a.npy": text("x"),
        },
        args: ["."],
        expect: { kind: "shapes", items: 2 },
      },
      {
        name: "a trash folder beside voxels",
        files: { "a.binvox": binvoxFile(8, lopsided(8)), "$RECYCLE.BIN/b.binvox": text("x") },
        args: ["shapes:."],
        expect: { kind: "shapes", items: 1 },
      },
      {
        name: "a hidden folder of pictures beside meshes",
        files: { "a.obj": objFile(boxMesh([0, 0, 0], [1, 1, 1])), ".git/a.png": encodePng(plain(4, 4, [1])) },
        args: [".", "--resolution", "8"],
        expect: { kind: "shapes", items: 1 },
      },
    ],
  },
];
