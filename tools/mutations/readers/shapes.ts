/** Readers of shapes: each mesh is voxelised, as commands do. */
import { gzip } from "@gasp/tensor";
import {
  dracoDocument,
  gltf,
  gltfDocument,
  meshoptDocument,
} from "../../../packages/datasets/shapes/formats/gltf_testing.ts";
import {
  binvoxFile,
  boxMesh,
  concatenated,
  glbFile,
  lopsided,
  objFile,
  offFile,
  plyFile,
  sphereMesh,
  stlFile,
} from "../../../packages/datasets/shapes/shape_testing.ts";
import { TorchWriter } from "../../../packages/tensor/io/torch/torch_testing.ts";
import { datasetReader, type Files, openAndRead, type Reader } from "../reader.ts";

const BOX = boxMesh([-1, -1.5, -2], [1, 1.5, 2.5]), BALL = sphereMesh(4);
const bytesOf = (array: Float32Array | Uint32Array) => new Uint8Array(array.slice().buffer);

/** Small grids, so that most of the time goes into reading. */
const RESOLUTION = 8;

function meshes(name: string, files: () => Promise<readonly Files[]> | readonly Files[]): Reader {
  return datasetReader(name, files, { resolution: RESOLUTION, kind: "shapes" });
}

function named(name: string, ...files: readonly Uint8Array[]): Files[] {
  return files.map((bytes) => ({ [name]: bytes }));
}

function gltfs(): Files[] {
  const buffer = concatenated(bytesOf(BOX.positions), bytesOf(BOX.triangles));
  const uri = `data:application/octet-stream;base64,${btoa(String.fromCharCode(...buffer))}`;
  const transformed = { nodes: [{ children: [1], scale: [1, 1.5, 2] }, { mesh: 0, rotation: [0, 0, 0, 1] }] };
  return [
    { "a.gltf": gltf(gltfDocument(BOX)), "a b.bin": buffer },
    { "a.gltf": gltf(gltfDocument(BOX, { buffers: [{ byteLength: buffer.length, uri }] })) },
    { "a.glb": glbFile(BOX) },
    { "a.glb": glbFile(BOX, transformed) },
  ];
}

const CLOUD = Float32Array.from({ length: 48 }, (_, i) => i % 4 === 3 ? (i >> 2) % 2 : (i % 9) / 9 - 0.4);

/** Files of `torch.save` as the paper's authors store shapes; with or without damage to the pickle within. */
const TORCH: Readonly<Record<string, (damage?: (pickle: Uint8Array) => Uint8Array) => Uint8Array>> = {
  grid(damage) {
    const writer = new TorchWriter();
    return writer.file(writer.tensor(lopsided(4), [4, 4, 4], "ByteStorage"), damage);
  },
  grids(damage) {
    const writer = new TorchWriter(), one = () => writer.tensor(lopsided(4), [4, 4, 4], "BoolStorage");
    return writer.file([one(), one()], damage);
  },
  cloud(damage) {
    const writer = new TorchWriter();
    return writer.file(writer.tensor(CLOUD, [12, 4]), damage);
  },
  named(damage) {
    const writer = new TorchWriter(), values = Float32Array.from(lopsided(4), (inside) => 1 - 2 * inside);
    return writer.file(new Map([["sdf", writer.tensor(values, [1, 4, 4, 4])]]), damage);
  },
};

/** Archives, whose members have checksums, and pickles in archives with right ones. */
const torch: Reader = {
  name: "pt-shapes",
  originals: () =>
    Promise.resolve(
      Object.entries(TORCH).flatMap(([name, write]): Files[] => {
        let pickle: Uint8Array | undefined;
        const file = write((written) => pickle = written);
        return [{ "a.pt": file }, { [name]: pickle! }];
      }),
    ),
  async read(files) {
    const [[name, bytes]] = Object.entries(files) as [[string, Uint8Array]];
    await openAndRead({ "a.pt": TORCH[name]?.(() => bytes) ?? bytes });
  },
};

/** The readers of shapes. */
export const SHAPES: readonly Reader[] = [
  meshes("obj", () => named("a.obj", objFile(BOX), objFile(BALL))),
  meshes("off", () => named("a.off", offFile(BOX), offFile(BALL, "OFF"))),
  meshes("ply", () => [
    ...named("a.ply", plyFile(BOX, "ascii"), plyFile(BOX, "binary_little_endian")),
    ...named("a.ply", plyFile(BALL, "binary_big_endian")),
  ]),
  meshes("stl", () => named("a.stl", stlFile(BOX, "text"), stlFile(BALL, "binary"))),
  meshes("gltf", gltfs),
  meshes("gltf-meshopt", async () => {
    const { document, buffer } = await meshoptDocument(BALL);
    return [{ "a.gltf": gltf(document), "a b.bin": buffer }];
  }),
  meshes("gltf-draco", async () => {
    const { document, buffer } = await dracoDocument(BALL);
    return [{ "a.gltf": gltf(document), "d": buffer }];
  }),
  meshes("binvox", () => {
    const file = binvoxFile(8, lopsided(8));
    return [...named("a.binvox", file), ...named("a.binvox.gz", gzip(file))];
  }),
  torch,
];
