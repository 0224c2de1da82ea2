import { assert, assertEquals, assertRejects } from "@std/assert";
import { DataError } from "../../core/data_error.ts";
import { boxMesh, concatenated, glbFile, sphereMesh } from "../shape_testing.ts";
import {
  arrayBytes as bytesOf,
  dracoDocument,
  gltf,
  gltfDocument as documentOf,
  meshoptDocument,
} from "./gltf_testing.ts";
import { parseGlb } from "./mesh_glb.ts";

const BOX = boxMesh([-1, -2, -3], [1, 2, 3.5]);
const BALL = sphereMesh(8);

Deno.test("parseGlb() reads .gltf documents with buffers in other files and in data URIs", async () => {
  const buffer = concatenated(bytesOf(BOX.positions), bytesOf(BOX.triangles));
  const read: string[] = [];
  const beside = (path: string) => {
    read.push(path);
    return Promise.resolve(buffer);
  };
  assertEquals(await parseGlb(gltf(documentOf(BOX)), "a.gltf", beside), BOX);
  assertEquals(read, ["a b.bin"]);
  const uri = `data:application/octet-stream;base64,${btoa(String.fromCharCode(...buffer))}`;
  const inline = documentOf(BOX, { buffers: [{ byteLength: buffer.length, uri }] });
  assertEquals(await parseGlb(gltf(inline), "a.gltf"), BOX);
  const missing = () => Promise.reject(new Error("no such file"));
  await assertRejects(
    () => parseGlb(gltf(documentOf(BOX)), "a.gltf", missing),
    DataError,
    "copy it beside the mesh",
  );
  for (const outside of ["../b.bin", "/etc/passwd", "https://example.org/b.bin"]) {
    const document = documentOf(BOX, { buffers: [{ byteLength: 1, uri: outside }] });
    await assertRejects(
      () => parseGlb(gltf(document), "a.gltf", beside),
      DataError,
      "expected a file in its folder",
    );
  }
  await assertRejects(
    () => parseGlb(gltf(documentOf(BOX)), "a.gltf", () => Promise.resolve(buffer.subarray(9))),
    DataError,
    "beyond its buffer",
  );
  const old = gltf({ ...documentOf(BOX), asset: { version: "1.0" } });
  await assertRejects(() => parseGlb(old, "a.gltf"), DataError, "glTF file of version 1.0");
});

Deno.test("parseGlb() reads quantised positions, normalised or not, with padding", async () => {
  const read = async (
    values: Int16Array | Uint16Array | Int8Array,
    componentType: number,
    normalized: boolean,
  ) => {
    const bytes = bytesOf(values), indices = bytesOf(Uint32Array.of(0, 1, 2));
    const stride = 4 * values.BYTES_PER_ELEMENT;
    const document = documentOf({ positions: new Float32Array(9), triangles: new Uint32Array(3) }, {
      extensionsUsed: ["KHR_mesh_quantization"],
      buffers: [{ byteLength: bytes.length + 12, uri: "b" }],
      bufferViews: [{ buffer: 0, byteLength: bytes.length, byteStride: stride }, {
        buffer: 0,
        byteOffset: bytes.length,
        byteLength: 12,
      }],
      accessors: [{ bufferView: 0, componentType, normalized, type: "VEC3", count: 3 }, {
        bufferView: 1,
        componentType: 5125,
        type: "SCALAR",
        count: 3,
      }],
    });
    return [
      ...(await parseGlb(gltf(document), "q.gltf", () => Promise.resolve(concatenated(bytes, indices))))
        .positions,
    ];
  };
  const corners = [0, 0, 0, 9, 127, 0, 0, 9, 0, -127, 0, 9];
  assertEquals(await read(Int8Array.from(corners), 5120, false), [0, 0, 0, 127, 0, 0, 0, -127, 0]);
  assertEquals(await read(Int8Array.from(corners), 5120, true), [0, 0, 0, 1, 0, 0, 0, -1, 0]);
  const wide = [0, 0, 0, 9, 32767, 0, 0, 9, 0, -32768, 0, 9];
  assertEquals(await read(Int16Array.from(wide), 5122, true), [0, 0, 0, 1, 0, 0, 0, -1, 0]);
  assertEquals(await read(Uint16Array.from([0, 0, 0, 9, 65535, 0, 0, 9, 0, 5, 0, 9]), 5123, false), [
    ...[0, 0, 0],
    ...[65535, 0, 0],
    ...[0, 5, 0],
  ]);
});

Deno.test("parseGlb() reads sparse accessors", async () => {
  const changed = Float32Array.of(5, 6, 7), where = Uint16Array.of(2);
  const base = documentOf(BOX), views = base.bufferViews as { byteLength: number }[];
  const length = views[0]!.byteLength + views[1]!.byteLength;
  const document = {
    ...base,
    bufferViews: [...views, { buffer: 0, byteOffset: length, byteLength: 12 }, {
      buffer: 0,
      byteOffset: length + 12,
      byteLength: 2,
    }],
    accessors: [{
      ...(base.accessors as object[])[0],
      sparse: { count: 1, indices: { bufferView: 3, componentType: 5123 }, values: { bufferView: 2 } },
    }, (base.accessors as object[])[1]],
  };
  const buffer = concatenated(
    bytesOf(BOX.positions),
    bytesOf(BOX.triangles),
    bytesOf(changed),
    bytesOf(where),
  );
  const { positions } = await parseGlb(gltf(document), "s.gltf", () => Promise.resolve(buffer));
  const expected = BOX.positions.slice();
  expected.set(changed, 6);
  assertEquals(positions, expected);
});

Deno.test("parseGlb() reads buffers compressed by meshoptimizer", async () => {
  const { positions, triangles } = BALL, { document, buffer } = await meshoptDocument(BALL);
  const read = (bytes: Uint8Array) => parseGlb(gltf(document), "m.gltf", () => Promise.resolve(bytes));
  const mesh = await read(buffer);
  assertEquals(mesh.positions, positions);
  // The encoder may rotate the corners of triangles.
  assertEquals(sortedTriangles(mesh.triangles), sortedTriangles(triangles));
  await assertRejects(
    () => read(buffer.map((byte, i) => i === 0 ? byte ^ 0x55 : byte)),
    DataError,
    "cannot be decoded",
  );
});

function sortedTriangles(triangles: Uint32Array): string[] {
  return Array.from({ length: triangles.length / 3 }, (_, i) => {
    const [a, b, c] = triangles.slice(3 * i, 3 * i + 3) as unknown as [number, number, number];
    return [[a, b, c], [b, c, a], [c, a, b]].map(String).sort()[0]!;
  }).sort();
}

Deno.test("parseGlb() reads primitives compressed by Draco", async () => {
  const { document, buffer: bytes } = await dracoDocument(BALL);
  const read = (file: Uint8Array) => parseGlb(gltf(document), "d.gltf", () => Promise.resolve(file));
  const decoded = await read(bytes);
  // The triangles at the poles are degenerate, and dropped.
  assert(decoded.triangles.length >= BALL.triangles.length - 2 * 3 * 16);
  const { positions } = decoded;
  for (let i = 0; i < positions.length; i += 3) {
    const radius = Math.hypot(positions[i]!, positions[i + 1]!, positions[i + 2]!);
    assert(Math.abs(radius - 1) < 1e-3, `radius ${radius}`);
  }
  await assertRejects(
    () => read(bytes.map((byte, i) => i === 5 ? 77 : byte)),
    DataError,
    "the compressed mesh of d.gltf",
  );
});

Deno.test("parseGlb() reports the missing decoder's data, not a crash, for empty views", async () => {
  const file = glbFile(BOX, {
    nodes: [{ mesh: 0 }],
    bufferViews: [{
      buffer: 0,
      extensions: { EXT_meshopt_compression: { buffer: 0, count: 1e9, byteStride: 12 } },
    }],
  });
  await assertRejects(() => parseGlb(file, "a.glb"), DataError, "cannot be decompressed");
});
