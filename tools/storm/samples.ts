/**
 * Small valid files of every format that the program reads, to be damaged.
 * @module
 */
import { encodePng } from "@gasp/gasp";
import { writeNpy, writeNpz } from "@gasp/tensor";
import { classicFile, hdf5File } from "../../packages/datasets/fields/climate_testing.ts";
import { jpegFile } from "../../packages/datasets/images/picture_testing.ts";
import {
  binvoxFile,
  boxMesh,
  glbFile,
  lopsided,
  objFile,
  plyFile,
} from "../../packages/datasets/shapes/shape_testing.ts";
import { released } from "../../packages/gasp/import/released_testing.ts";
import { encodeWav } from "../../packages/gasp/show/wav.ts";

const pixels = Uint8Array.from({ length: 12 * 10 * 3 }, (_, i) => (i * 37) % 251);
const picture = { height: 12, width: 10, channels: 3, pixels } as const;
const fields = { latitudes: [-60, 0, 60], longitudes: [0, 90, 180, 270], times: 2 } as const;

/** Files by name, whose ending says how they are read. */
export async function sampleFiles(): Promise<Readonly<Record<string, Uint8Array>>> {
  const box = boxMesh([-0.5, -0.4, -0.3], [0.5, 0.4, 0.6]);
  const stations = { shape: [2, 6, 2], data: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)) };
  const values = { shape: [2, 6, 1], data: Float32Array.from({ length: 12 }, (_, i) => Math.cos(i)) };
  return {
    "picture.png": encodePng(picture),
    "picture.jpg": jpegFile(picture),
    "fields.nc": classicFile(fields),
    "fields4.nc": await hdf5File(fields),
    "points.npz": writeNpz([["coordinates", stations], ["features", values]]),
    "array.npy": writeNpy({ shape: [3, 8, 8], data: new Float32Array(192).map((_, i) => i / 192) }),
    "sound.wav": encodeWav(Float32Array.from({ length: 400 }, (_, i) => Math.sin(i / 5)), 8000),
    "mesh.obj": objFile(box),
    "mesh.ply": plyFile(box, "binary_little_endian"),
    "mesh.glb": glbFile(box),
    "voxels.binvox": binvoxFile(8, lopsided(8)),
    "digits/train-images-idx3-ubyte": idxFile(),
  };
}

/** A released model. @param damage Applied to its pickle. */
export function modelFile(damage?: (pickle: Uint8Array) => Uint8Array): Uint8Array {
  return released(damage === undefined ? {} : { damage }).bytes;
}

function idxFile(): Uint8Array {
  const bytes = new Uint8Array(16 + 4 * 784).map((_, i) => (i * 37) % 251);
  [0x803, 4, 28, 28].forEach((word, i) => new DataView(bytes.buffer).setUint32(4 * i, word));
  return bytes;
}
