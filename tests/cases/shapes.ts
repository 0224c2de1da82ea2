/** Cases of shapes: clouds, arrays as folders, shapes that become empty, signed distances, layouts of published sets. */
import { gzip, writeNpy, writeNpz } from "@gasp/tensor";
import { plain, pngFile } from "../../packages/datasets/images/picture_testing.ts";
import {
  ascii,
  binvoxFile,
  boxMesh,
  lopsided,
  objFile,
  plyFile,
  stlFile,
} from "../../packages/datasets/shapes/shape_testing.ts";
import { type CaseKind, fixture, fixtures } from "./case.ts";

const BOX = boxMesh([-1, -2, -3], [1, 2, 4]), CUBE = objFile(boxMesh([0, 0, 0], [1, 1, 1]));

/** Points on a lattice in ±0.45, with a ball inside, `[points, 4]`. */
function cloud(points: number): Float32Array {
  return Float32Array.from({ length: 4 * points }, (_, i) => {
    const at = [0, 1, 2].map((axis) => 0.45 * Math.sin((Math.floor(i / 4) + 1) * (axis + 1) * 1.7));
    return i % 4 < 3 ? at[i % 4]! : Math.hypot(...at) < 0.5 ? 1 : 0;
  });
}

const cloudFile = (points: number) => writeNpy({ shape: [points, 4], data: cloud(points) });
const voxelFile = (size: number, filled: number) =>
  writeNpy({ shape: [size, size, size], data: new Uint8Array(size ** 3).fill(1, 0, filled) });

/** Signed distances to a ball of radius 0.6 on a grid over ±1. */
function distances(size: number, sign = 1, offset = 0): Float32Array {
  return Float32Array.from({ length: size ** 3 }, (_, i) => {
    const at = [Math.floor(i / size ** 2), Math.floor(i / size) % size, i % size];
    return sign * (Math.hypot(...at.map((index) => -1 + 2 * index / (size - 1))) - 0.6) + offset;
  });
}

/** Points with distances of one sign, as DeepSDF stores them. */
const rows = (values: readonly number[]) => ({
  shape: [values.length, 4],
  data: Float32Array.from(values.flatMap((x) => [x, 0, 0, x])),
});

/** A folder of a model with its files. */
const model = (folder: string, files: Readonly<Record<string, Uint8Array>>) =>
  Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${folder}/${name}`, bytes]));
const TEXTURE = pngFile(plain(4, 4, [9]));
const BOTH_ENDS = ["-1.0000 to 1.0000"];

/** Kinds of cases of shapes. */
export const SHAPES: readonly CaseKind[] = [
  {
    title: "04: clouds of points with occupancy are drawn as points",
    reported: [
      {
        name: "500 points, drawn",
        files: { "cloud500.npy": fixture("04/cloud500.npy") },
        args: ["cloud500.npy", "--out", "FOLDER/a.png"],
        expect: { kind: "occupancy", items: 2, points: "500, separate for each item", features: BOTH_ENDS },
      },
      {
        name: "4,096 points are no grid of 16³",
        files: { "cloud4096.npy": cloudFile(4096) },
        args: ["cloud4096.npy", "--resolution", "16", "--out", "FOLDER/b.png"],
        expect: { kind: "occupancy", items: 1, points: "4096, separate for each item" },
      },
    ],
    others: [
      {
        name: "several clouds in one array",
        files: {
          "a.npy": writeNpy({ shape: [2, 64, 4], data: Float32Array.of(...cloud(64), ...cloud(64)) }),
        },
        args: ["a.npy", "--out", "FOLDER/a.png"],
        expect: { kind: "occupancy", items: 2, points: "64, separate for each item" },
      },
      {
        name: "27 points are no grid of 3³",
        files: { "a.npy": cloudFile(27) },
        args: ["a.npy", "--resolution", "3", "--out", "FOLDER/a.png"],
        expect: { kind: "occupancy", items: 1 },
      },
      {
        name: "the points of Occupancy Networks, with packed bits",
        files: {
          "1a/points.npz": writeNpz([
            ["points", { shape: [16, 3], data: cloud(16).filter((_, i) => i % 4 < 3) }],
            ["occupancies", { shape: [2], data: Uint8Array.of(0xa5, 0x0f) }],
          ]),
        },
        args: ["occupancy:.", "--out", "FOLDER/a.png"],
        expect: { kind: "occupancy", items: 1, features: BOTH_ENDS },
      },
      {
        name: "the samples of DeepSDF",
        files: { "a.npz": writeNpz([["pos", rows([0.3, 0.2, 0.1])], ["neg", rows([-0.1, -0.2])]]) },
        args: ["a.npz", "--out", "FOLDER/a.png"],
        expect: { kind: "occupancy", items: 1, features: BOTH_ENDS },
      },
      {
        name: "a cloud without a point inside is told of",
        files: { "a.npy": writeNpy({ shape: [32, 4], data: cloud(32).map((x, i) => i % 4 < 3 ? x : 0) }) },
        args: ["occupancy:a.npy"],
        expect: { items: 1, says: ["1 of 1 clouds have no point inside"] },
      },
      {
        name: "coordinates beyond ±0.5",
        files: {
          "a.npy": writeNpy({ shape: [32, 4], data: cloud(32).map((x, i) => i % 4 < 3 ? 9 * x : x) }),
        },
        args: ["occupancy:a.npy"],
        expect: { refused: ["0.5"] },
      },
    ],
  },
  {
    title: "05: a folder with one array a file",
    reported: [
      {
        name: "clouds",
        files: fixtures("05/clouds"),
        args: ["occupancy:."],
        expect: { kind: "occupancy", items: 3 },
      },
      {
        name: "voxels",
        files: fixtures("05/voxels"),
        args: ["shapes:."],
        expect: { kind: "shapes", items: 3 },
      },
      {
        name: "voxels, without a kind",
        files: fixtures("05/voxels"),
        args: ["."],
        expect: { kind: "shapes", items: 3 },
      },
    ],
    others: [
      {
        name: "gzipped voxels in subfolders",
        files: { "a/1.npy.gz": gzip(voxelFile(4, 9)), "b/2.npy.gz": gzip(voxelFile(4, 20)) },
        args: ["shapes:."],
        expect: { items: 2, points: 64 },
      },
      {
        name: "clouds of different sizes are thinned",
        files: { "1.npy": cloudFile(64), "2.npy": cloudFile(90) },
        args: ["."],
        expect: { kind: "occupancy", items: 2, says: ["clouds of 64 to 90 points"] },
      },
      {
        name: "grids of different sizes need a resolution",
        files: { "1.npy": voxelFile(4, 9), "2.npy": voxelFile(5, 9) },
        args: ["shapes:."],
        expect: { refused: ["different sizes", "resolution"] },
      },
      {
        name: "grids of different sizes with a resolution",
        files: { "1.npy": voxelFile(4, 32), "2.npy": voxelFile(8, 256) },
        args: ["shapes:.", "--resolution", "4"],
        expect: { items: 2, points: 64 },
      },
      {
        name: "signed distances",
        files: Object.fromEntries(
          [1, 2].map((n) => [`${n}.npy`, writeNpy({ shape: [9, 9, 9], data: distances(9) })]),
        ),
        args: ["."],
        expect: { kind: "shapes", items: 2, says: ["signed distances"] },
      },
      {
        name: "one that is damaged is skipped",
        files: { "1.npy": voxelFile(4, 9), "2.npy": voxelFile(4, 20).slice(0, 90) },
        args: ["shapes:.", "--skip-damaged"],
        expect: { items: 1, says: ["2.npy"] },
      },
    ],
  },
  {
    title: "09: shapes that have nothing inside",
    reported: [
      {
        name: "a double-sided box",
        files: { "double_sided.obj": fixture("09/double_sided.obj") },
        args: ["double_sided.obj"],
        expect: { items: 1, features: BOTH_ENDS },
      },
      {
        name: "a plate that is thinner than the grid",
        files: { "thin_plate.obj": fixture("09/thin_plate.obj") },
        args: ["thin_plate.obj"],
        expect: { refused: ["nothing inside", "--resolution of about"] },
      },
    ],
    others: [
      {
        name: "a plate with the resolution that would do",
        files: { "a.obj": objFile(boxMesh([0, 0, 0], [1, 1, 0.05])) },
        args: ["a.obj", "--resolution", "48"],
        expect: { items: 1, features: BOTH_ENDS },
      },
      {
        name: "one triangle",
        files: { "a.obj": ascii("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n") },
        args: ["a.obj"],
        expect: { refused: ["nothing inside"] },
      },
      {
        name: "a flat STL",
        files: {
          "a.stl": stlFile({
            positions: Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0),
            triangles: Uint32Array.of(0, 1, 2),
          }, "binary"),
        },
        args: ["a.stl"],
        expect: { refused: ["nothing inside"] },
      },
      {
        name: "empty voxels",
        files: { "a.binvox": binvoxFile(4, new Uint8Array(64)) },
        args: ["a.binvox"],
        expect: { refused: ["nothing inside"] },
      },
      {
        name: "a needle",
        files: { "a.ply": plyFile(boxMesh([0, 0, 0], [0.001, 0.001, 1]), "ascii") },
        args: ["a.ply", "--resolution", "16"],
        expect: { refused: ["nothing inside", "too little volume at any usual resolution"] },
      },
      {
        name: "a double-sided box is filled",
        files: {
          "a.obj": ascii(
            new TextDecoder().decode(CUBE) +
              new TextDecoder().decode(CUBE).replace(/^v.*\n|^#.*\n/gm, "\n").replace(
                /^f (\S+) (\S+) (\S+)/gm,
                "f $3 $2 $1",
              ),
          ),
        },
        args: ["a.obj", "--resolution", "8"],
        expect: { items: 1, features: BOTH_ENDS },
      },
      {
        name: "among others, skipped",
        files: { "a.obj": ascii("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"), "b.obj": objFile(BOX) },
        args: [".", "--resolution", "8", "--skip-damaged"],
        expect: { items: 1, says: ["Skipped"] },
      },
    ],
  },
  {
    title: "15: signed distances on a grid",
    reported: [
      {
        name: "without a kind",
        files: { "sdf.npy": fixture("15/sdf.npy") },
        args: ["sdf.npy"],
        expect: {
          kind: "shapes",
          items: 1,
          features: BOTH_ENDS,
          says: ["signed distances: inside is below 0"],
        },
      },
      {
        name: "as shapes",
        files: { "sdf.npy": fixture("15/sdf.npy") },
        args: ["shapes:sdf.npy"],
        expect: { features: BOTH_ENDS },
      },
    ],
    others: [
      {
        name: "inside above 0",
        files: { "a.npy": writeNpy({ shape: [1, 16, 16, 16], data: distances(16, -1) }) },
        args: ["a.npy"],
        expect: { says: ["signed distances: inside is above 0"], features: BOTH_ENDS },
      },
      {
        name: "in doubles, with a channel axis",
        files: { "a.npy": writeNpy({ shape: [1, 1, 16, 16, 16], data: Float64Array.from(distances(16)) }) },
        args: ["a.npy"],
        expect: { kind: "shapes", items: 1, says: ["signed distances"] },
      },
      {
        name: "numbers of one sign are occupancies",
        files: { "a.npy": writeNpy({ shape: [1, 16, 16, 16], data: distances(16, 1, 0.7) }) },
        args: ["a.npy"],
        expect: { features: BOTH_ENDS, says: ["inside is where"] },
      },
      {
        name: "occupancies as probabilities are no distances",
        files: {
          "a.npy": writeNpy({
            shape: [1, 8, 8, 8],
            data: distances(8).map((d) => 1 / (1 + Math.exp(20 * d))),
          }),
        },
        args: ["shapes:a.npy"],
        expect: { items: 1, features: BOTH_ENDS },
      },
      {
        name: "two sets of distances, resampled",
        files: {
          "a.npy": writeNpy({
            shape: [2, 16, 16, 16],
            data: Float32Array.of(...distances(16), ...distances(16)),
          }),
        },
        args: ["a.npy", "--resolution", "8"],
        expect: { items: 2, points: 512 },
      },
      {
        name: "distances that are not finite",
        files: {
          "a.npy": writeNpy({ shape: [1, 8, 8, 8], data: distances(8).map((d, i) => i === 5 ? NaN : d) }),
        },
        args: ["shapes:a.npy"],
        expect: { refused: ["a.npy"] },
      },
    ],
  },
  {
    title: "27: ShapeNet's layout is one item a model",
    reported: [".", "shapes:."].map((path) => ({
      name: `version 2, ${path}`,
      files: fixtures("27/ShapeNetCore.v2"),
      args: [path] as const,
      expect: { kind: "shapes", items: 1, says: [".solid.binvox"] },
    })),
    others: [
      {
        name: "version 1: a mesh with textures",
        files: model("02691156/1a", {
          "model.obj": objFile(BOX),
          "images/0.png": TEXTURE,
          "model.mtl": ascii("newmtl a"),
        }),
        args: [".", "--resolution", "12"],
        expect: { kind: "shapes", items: 1, says: ["ShapeNet's"] },
      },
      {
        name: "two synsets, with more textures than models",
        files: {
          ...model("03001627/1a/models", { "model_normalized.obj": objFile(BOX) }),
          ...model("02691156/2b/models", { "model_normalized.obj": objFile(BOX) }),
          ...model("03001627/1a/images", {
            "1.png": TEXTURE,
            "2.png": TEXTURE,
            "3.png": TEXTURE,
            "4.png": TEXTURE,
            "5.png": TEXTURE,
          }),
        },
        args: [".", "--resolution", "12"],
        expect: { kind: "shapes", items: 2 },
      },
      {
        name: "voxels of the surface only",
        files: model("03001627/1a/models", { "model_normalized.surface.binvox": binvoxFile(8, lopsided(8)) }),
        args: ["shapes:."],
        expect: { items: 1, points: 512 },
      },
      {
        name: "one model without solid voxels",
        files: {
          ...model("03001627/1a/models", { "model_normalized.solid.binvox": binvoxFile(8, lopsided(8)) }),
          ...model("03001627/2b/models", { "model_normalized.obj": objFile(BOX) }),
        },
        args: ["shapes:."],
        expect: { items: 2, points: 512 },
      },
      {
        name: "the folder of one model",
        files: model("models", {
          "model_normalized.obj": objFile(BOX),
          "model_normalized.solid.binvox": binvoxFile(8, lopsided(8)),
        }),
        args: ["."],
        expect: { kind: "shapes", items: 1, points: 512 },
      },
    ],
  },
];
