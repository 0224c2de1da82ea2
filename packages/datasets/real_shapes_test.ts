/**
 * What people have on their disks as shapes: layouts of published sets, arrays, double-sided faces, hidden files.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { writeNpy, writeNpz } from "@gasp/tensor";
import type { Dataset } from "./core/dataset.ts";
import { DataError } from "./core/data_error.ts";
import { memoryTree, plain, pngFile } from "./images/picture_testing.ts";
import { openDataset } from "./open_dataset.ts";
import type { OpenRequest } from "./open_request.ts";
import { writeWav } from "./points/wav.ts";
import {
  ascii,
  binvoxFile,
  boxMesh,
  lopsided,
  objFile,
  offFile,
  plyFile,
  stlFile,
} from "./shapes/shape_testing.ts";

const BOX = boxMesh([-1, -2, -3], [1, 2, 4]);
const JUNK = ascii("\0\x05\x16\x07");

function open(files: Record<string, Uint8Array>, request: Partial<OpenRequest> = {}) {
  return openDataset({ files: memoryTree(files, "data"), ...request });
}

/** Number of points inside of an item. */
async function inside(dataset: Dataset, item = 0): Promise<number> {
  return (await dataset.batch([item])).reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0);
}

/** A ball of radius 0.6 as signed distances on a grid. */
function distances(resolution: number, sign: number): Float32Array {
  return Float32Array.from({ length: resolution ** 3 }, (_, i) => {
    const at = [Math.floor(i / resolution ** 2), Math.floor(i / resolution) % resolution, i % resolution];
    return sign * (Math.hypot(...at.map((index) => -1 + 2 * index / (resolution - 1))) - 0.6);
  });
}

Deno.test("openDataset() passes over hidden files and folders for every kind", async () => {
  const wav = writeWav({ rate: 8000, samples: new Float32Array(64).fill(0.5) });
  const sets: Readonly<Record<string, Record<string, Uint8Array>>> = {
    shapes: { "a.obj": objFile(BOX), "._a.obj": JUNK },
    voxels: { "a.binvox": binvoxFile(8, lopsided(8)), "__MACOSX/a.binvox": JUNK, ".DS_Store": JUNK },
    curves: { "a.wav": wav, "._a.wav": JUNK },
    images: { "a.png": pngFile(plain(4, 4, [9])), ".thumbs/a.obj": JUNK },
    arrays: {
      "a.npy": writeNpy({ shape: [1, 4, 4, 4], data: new Uint8Array(64).fill(1) }),
      "._a.npy": JUNK,
      ".thumbs/t.png": pngFile(plain(4, 4, [9])),
    },
    meshes: { "x/a.off": offFile(BOX), ".cache/b.off": JUNK, "x/._a.off": JUNK },
  };
  for (const [name, files] of Object.entries(sets)) {
    assertEquals((await open(files)).dataset.items, 1, name);
  }
});

Deno.test("openDataset() reads ShapeNet's layouts as one item a model", async () => {
  const model = {
    "models/model_normalized.obj": objFile(BOX),
    "models/model_normalized.mtl": ascii("newmtl a"),
    "models/model_normalized.solid.binvox": binvoxFile(8, lopsided(8)),
    "models/model_normalized.surface.binvox": binvoxFile(8, new Uint8Array(512).fill(1, 0, 9)),
    "images/texture0.png": pngFile(plain(4, 4, [9])),
  };
  const within = (folder: string, files: Record<string, Uint8Array>) =>
    Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${folder}/${name}`, bytes]));
  const two = { ...within("03001627/1a", model), ...within("03001627/2b", model) };
  for (const kind of [undefined, "shapes"] as const) {
    const { dataset, assumptions, ...opened } = await open(two, { ...(kind && { kind }) });
    assertEquals([opened.kind, dataset.items, dataset.pointCount], ["shapes", 2, 512]);
    assertEquals(await inside(dataset, 1), lopsided(8).reduce((sum, value) => sum + value, 0));
    assertStringIncludes(assumptions[0]!, "read .solid.binvox (2), not .obj (2), .surface.binvox (2)");
  }
  // ShapeNetCore v1: a mesh with its textures, along ShapeNet's axes.
  const old = within("03001627/1a", { "model.obj": objFile(BOX), "images/0.png": pngFile(plain(4, 4, [9])) });
  const { dataset, assumptions } = await open(old, { resolution: 16 });
  assertEquals([dataset.items, dataset.pointCount], [1, 4096]);
  assertStringIncludes(assumptions.join(), "ShapeNet's");
  // A model without solid voxels is read from its mesh, at the same resolution.
  const { "models/model_normalized.solid.binvox": _, ...meshOnly } = model;
  const mixed = await open({ ...within("a", model), ...within("b", meshOnly) });
  assertEquals([mixed.dataset.items, mixed.dataset.pointCount], [2, 512]);
});

Deno.test("openDataset() reads ModelNet's layout and other folders of meshes", async () => {
  const { dataset } = await open({
    "chair/train/chair_0001.off": offFile(BOX, "OFF"),
    "chair/test/chair_0890.off": offFile(BOX),
    "desk.stl": stlFile(BOX, "binary"),
    "lamp.ply": plyFile(BOX, "ascii"),
  }, { resolution: 12 });
  assertEquals(dataset.items, 4);
  const counts = await Promise.all([0, 1, 2, 3].map((item) => inside(dataset, item)));
  assert(counts.every((count) => count === counts[0] && count > 0), String(counts));
});

Deno.test("openDataset() reads folders of arrays as items", async () => {
  const voxels = (value: number) =>
    writeNpy({ shape: [4, 4, 4], data: new Uint8Array(64).fill(1, 0, value) });
  const grids = { "1.npy": voxels(3), "2.npy": voxels(5), "3.npy": voxels(7) };
  for (const kind of [undefined, "shapes"] as const) {
    const { dataset } = await open(grids, { ...(kind && { kind }) });
    assertEquals([dataset.items, await inside(dataset, 2)], [3, 7]);
  }
  const cloud = (points: number) =>
    writeNpy({
      shape: [points, 4],
      data: Float32Array.from({ length: 4 * points }, (_, i) => i % 4 === 3 ? 1 : 0.25),
    });
  const clouds = { "1.npy": cloud(64), "2.npy": cloud(80) }, messages: string[] = [];
  const opened = await open(clouds, { report: (message) => messages.push(message) });
  assertEquals([opened.kind, opened.dataset.items, opened.dataset.pointCount], ["occupancy", 2, 64]);
  assertStringIncludes(messages.join(), "clouds of 64 to 80 points");
  // One cube of brightness may be images.
  const single = writeNpy({ shape: [8, 8, 8], data: Uint8Array.from({ length: 512 }, (_, i) => i & 255) });
  assertEquals((await open({ "a.npy": single })).kind, "images");
});

Deno.test("openDataset() reads arrays of shapes with a channel axis", async () => {
  const data = new Uint8Array(2 * 64).fill(1);
  for (const shape of [[2, 4, 4, 4], [2, 1, 4, 4, 4], [2, 4, 4, 4, 1]]) {
    const { dataset, kind } = await open({ "a.npy": writeNpy({ shape, data }) });
    assertEquals([kind, dataset.items, dataset.pointCount], ["shapes", 2, 64], String(shape));
  }
});

Deno.test("openDataset() reads signed distances, whichever sign is inside", async () => {
  const counts: number[] = [];
  for (const sign of [1, -1]) {
    const file = writeNpy({ shape: [1, 16, 16, 16], data: distances(16, sign) });
    const { dataset, kind, assumptions } = await open({ "sdf.npy": file });
    assertEquals(kind, "shapes");
    assertStringIncludes(
      assumptions.join("; "),
      `signed distances: inside is ${sign > 0 ? "below" : "above"} 0`,
    );
    counts.push(await inside(dataset));
  }
  assertEquals(counts[0], counts[1]);
  assertEquals(counts[0], distances(16, 1).reduce((sum, value) => sum + (value < 0 ? 1 : 0), 0));
  const empty = writeNpy({ shape: [1, 8, 8, 8], data: new Float32Array(512).fill(0.2) });
  await assertRejects(() => open({ "a.npy": empty }), DataError, "nothing inside");
});

Deno.test("openDataset() reads the points of Occupancy Networks and of DeepSDF", async () => {
  const count = 20, points = Float32Array.from({ length: 3 * count }, (_, i) => (i % 11) / 10 - 0.5);
  const flags = Array.from({ length: count }, (_, i) => i % 3 === 0 ? 1 : 0);
  const packed = Uint8Array.from(
    { length: 3 },
    (_, byte) =>
      flags.slice(8 * byte, 8 * byte + 8).reduce<number>((sum, flag, bit) => sum | (flag << (7 - bit)), 0),
  );
  const networks = {
    "03001627/1a/points.npz": writeNpz([
      ["points", { shape: [count, 3], data: points }],
      ["occupancies", { shape: [3], data: packed }],
      ["loc", { shape: [3], data: new Float32Array(3) }],
      ["scale", { shape: [1], data: new Float32Array(1) }],
    ]),
    "03001627/1a/pointcloud.npz": writeNpz([["points", { shape: [count, 3], data: points }]]),
  };
  const one = await open(networks, { kind: "occupancy" });
  assertEquals([one.dataset.items, one.dataset.pointCount], [1, count]);
  assertEquals([...await one.dataset.batch([0])], flags.map((flag) => 2 * flag - 1));
  const rows = (values: readonly number[]) => ({
    shape: [values.length, 4],
    data: Float32Array.from(values.flatMap((x) => [x, 0, 0, x])),
  });
  const sdf = writeNpz([["pos", rows([0.9, Number.NaN, 0.8, 0.7])], ["neg", rows([-0.1, -0.2])]]);
  const { dataset, kind } = await open({ "a.npz": sdf });
  const values = [...await dataset.batch([0])];
  assertEquals([kind, dataset.pointCount, values.filter((value) => value > 0).length], ["occupancy", 5, 2]);
});

Deno.test("openDataset() refuses shapes without an inside, or skips them", async () => {
  const sheet = ascii("v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1 2 3 4\nf 4 3 2 1\n");
  const plate = objFile(boxMesh([0, 0, 0], [1, 1, 0.02]));
  await assertRejects(() => open({ "a.obj": sheet }), DataError, "double-sided");
  await assertRejects(() => open({ "a.obj": plate }), DataError, "--resolution of about");
  await assertRejects(
    () => open({ "a.binvox": binvoxFile(4, new Uint8Array(64)) }),
    DataError,
    "nothing inside",
  );
  const messages: string[] = [];
  const report = (message: string) => messages.push(message);
  const files = { "a.obj": sheet, "b.obj": objFile(BOX), "c.obj": ascii("f 1 2 9\n") };
  const { dataset } = await open(files, { read: { skipDamaged: true }, report });
  assertEquals([dataset.items, messages.length], [1, 2]);
});

Deno.test("openDataset() fills double-sided polygons, whose sides begin at different corners", async () => {
  const vertices = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => `v ${i >> 2} ${(i >> 1) & 1} ${i & 1}`);
  const faces = [[1, 2, 4, 3], [5, 7, 8, 6], [1, 5, 6, 2], [3, 4, 8, 7], [1, 3, 7, 5], [2, 6, 8, 4]];
  const both = faces.flatMap((face) => [face, [...face.slice(1), face[0]!].reverse()]);
  const text = (list: readonly (readonly number[])[]) =>
    ascii([...vertices, ...list.map((face) => `f ${face.join(" ")}`)].join("\n"));
  const values = async (list: readonly (readonly number[])[]) =>
    await (await open({ "a.obj": text(list) }, { resolution: 8 })).dataset.batch([0]);
  assertEquals(await values(both), await values(faces));
});
