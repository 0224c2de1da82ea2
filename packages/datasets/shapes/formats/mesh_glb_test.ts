import { assertEquals, assertRejects } from "@std/assert";
import { DataError } from "../../core/data_error.ts";
import { parseGlb } from "./mesh_glb.ts";
import { boxMesh, glbFile, sphereMesh } from "../shape_testing.ts";

const BOX = boxMesh([-1, -2, -3], [1, 2, 3.5]);
const TRIANGLE = {
  positions: Float32Array.of(0, 0, 0, 1, 0, 0, 0, 2, 0),
  triangles: Uint32Array.of(0, 1, 2),
};

Deno.test("parseGlb() reads positions and indices", async () => {
  assertEquals(await parseGlb(glbFile(BOX)), BOX);
  const padded = new Uint8Array(glbFile(BOX).length + 3);
  padded.set(glbFile(BOX), 3);
  assertEquals(await parseGlb(padded.subarray(3)), BOX);
});

Deno.test("parseGlb() applies the transforms of nodes and their ancestors, and preserves the winding", async () => {
  const half = Math.SQRT1_2;
  const file = glbFile(TRIANGLE, {
    scene: 1,
    scenes: [{ nodes: [] }, { nodes: [1] }],
    nodes: [
      // Scaling, a quarter turn about z, translation.
      { mesh: 0, scale: [2, 1, -1], rotation: [0, 0, half, half], translation: [0, 0, 5] },
      { children: [0], matrix: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 10, 20, 30, 1] },
    ],
  });
  const { positions, triangles } = await parseGlb(file);
  assertEquals([...positions.map((x) => Math.round(1000 * x) / 1000)], [10, 20, 35, 10, 22, 35, 8, 20, 35]);
  assertEquals([...triangles], [0, 2, 1]);
});

Deno.test("parseGlb() reads instances, strips, fans and meshes without indices", async () => {
  const primitive = { attributes: { POSITION: 0 }, indices: 1 };
  const twice = glbFile(TRIANGLE, { nodes: [{ mesh: 0 }, { mesh: 0, translation: [0, 0, 1] }] });
  assertEquals([...(await parseGlb(twice)).triangles], [0, 1, 2, 3, 4, 5]);
  const bare = glbFile(TRIANGLE, {
    nodes: [{ mesh: 0 }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 } }] }],
  });
  assertEquals([...(await parseGlb(bare)).triangles], [0, 1, 2]);
  const square = { positions: BOX.positions.slice(0, 12), triangles: Uint32Array.of(0, 1, 2, 3) };
  const withMode = (mode: number) =>
    parseGlb(glbFile(square, { nodes: [{ mesh: 0 }], meshes: [{ primitives: [{ ...primitive, mode }] }] }));
  assertEquals([...(await withMode(5)).triangles], [0, 1, 2, 2, 1, 3]);
  assertEquals([...(await withMode(6)).triangles], [0, 1, 2, 0, 2, 3]);
  await assertRejects(() => withMode(0), DataError, "no triangles");
});

Deno.test("parseGlb() rejects other formats, damaged files and unsupported storage", async () => {
  const file = glbFile(BOX), view = { buffer: 0, byteLength: 96 };
  const accessor = { bufferView: 0, componentType: 5126, type: "VEC3", count: 8 };
  const indices = { bufferView: 1, componentType: 5125, type: "SCALAR", count: 36 };
  const nodes = [{ mesh: 0 }];
  for (
    const [bytes, message] of [
      [new Uint8Array(30), "is not a glTF file"],
      [file.map((byte, i) => i === 4 ? 1 : byte), "of version 1"],
      [file.subarray(0, file.length - 4), "is truncated"],
      [file.map((byte, i) => i === 20 ? 0x5d : byte), "its JSON cannot be read"],
      [glbFile(BOX, { nodes: [{ mesh: 7 }] }), "refers to meshes[7]"],
      [glbFile(BOX, { nodes: [{ mesh: 0, scale: [1] }] }), "the scale of a node must be 3 numbers"],
      [
        glbFile(BOX, { scenes: [{ nodes: [0] }], nodes: [{ children: [0] }] }),
        "node 0 occurs in its scene twice",
      ],
      [glbFile(BOX, { nodes, accessors: [{ ...accessor, count: 9e15 }] }), "extends beyond its buffer"],
      [glbFile(BOX, { nodes, accessors: [{ ...accessor, componentType: 5125 }] }), "of type VEC3 of 5125"],
      [
        glbFile(BOX, { nodes, accessors: [{ ...accessor, sparse: {} }] }),
        "the indices of sparse accessor 0 have no type",
      ],
      [glbFile(BOX, { nodes, accessors: [{ ...accessor, count: 7 }, indices] }), "has vertex 7 of 7"],
      [glbFile(BOX, { nodes, bufferViews: [{ ...view, buffer: 1 }] }), "refers to buffers[1]"],
      [glbFile(BOX, { nodes, buffers: [{ uri: "a.bin" }] }), "has its data in a.bin: pass its folder"],
      [glbFile(sphereMesh(20), { nodes: Array(900).fill({ mesh: 0 }) }), "too often"],
      [glbFile(BOX, { nodes: [] }), "no triangles"],
    ] as const
  ) {
    await assertRejects(() => parseGlb(bytes, "chair.glb"), DataError, message);
  }
});
