/**
 * Surfaces as files: GLB (binary glTF 2.0), Wavefront OBJ and binary PLY. GLB and OBJ files have y up, as their readers
 * expect, and the front towards z; PLY files keep the project's axes with z up.
 * @module
 */
import type { Surface } from "./surface.ts";

/** From (x, y, z) with z up to (x, z, -y) with y up: a rotation, so that nothing is mirrored. */
function withYUp(vectors: Float32Array): Float32Array {
  const turned = new Float32Array(vectors.length);
  for (let i = 0; i < vectors.length; i += 3) {
    turned[i] = vectors[i]!;
    turned[i + 1] = vectors[i + 2]!;
    // Adding 0 makes -0 positive.
    turned[i + 2] = -vectors[i + 1]! + 0;
  }
  return turned;
}

/** Numbers of glTF. */
const FLOAT = 5126, UNSIGNED_INT = 5125, ARRAY_BUFFER = 34962, ELEMENT_ARRAY_BUFFER = 34963;
const GLB_MAGIC = 0x46546c67, JSON_CHUNK = 0x4e4f534a, BINARY_CHUNK = 0x004e4942;

/**
 * A GLB file.
 *
 * @param surface The surface.
 */
export function encodeGlb(surface: Surface): Uint8Array {
  const positions = withYUp(surface.positions), normals = withYUp(surface.normals);
  const parts = [positions, normals, surface.triangles];
  let offset = 0;
  const bufferViews = parts.map(({ byteLength }, i) => {
    const view = {
      buffer: 0,
      byteOffset: offset,
      byteLength,
      target: i < 2 ? ARRAY_BUFFER : ELEMENT_ARRAY_BUFFER,
    };
    offset += byteLength;
    return view;
  });
  const vertices = { componentType: FLOAT, count: positions.length / 3, type: "VEC3" };
  const indices = { componentType: UNSIGNED_INT, count: surface.triangles.length, type: "SCALAR" };
  const mesh = { primitives: [{ attributes: { POSITION: 0, NORMAL: 1 }, indices: 2, material: 0 }] };
  const isEmpty = positions.length === 0;
  const document = {
    asset: { version: "2.0", generator: "gasp" },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [isEmpty ? {} : { mesh: 0 }],
    ...(!isEmpty && {
      meshes: [mesh],
      materials: [{
        pbrMetallicRoughness: {
          baseColorFactor: [0.85, 0.85, 0.85, 1],
          metallicFactor: 0,
          roughnessFactor: 0.8,
        },
      }],
      accessors: [
        { bufferView: 0, ...vertices, ...boundsOf(positions) },
        { bufferView: 1, ...vertices },
        { bufferView: 2, ...indices },
      ],
      bufferViews,
      buffers: [{ byteLength: offset }],
    }),
  };
  const json = new TextEncoder().encode(JSON.stringify(document));
  const jsonLength = Math.ceil(json.length / 4) * 4;
  const total = 12 + 8 + jsonLength + (isEmpty ? 0 : 8 + offset);
  const bytes = new Uint8Array(total), view = new DataView(bytes.buffer);
  [GLB_MAGIC, 2, total, jsonLength, JSON_CHUNK].forEach((word, i) => view.setUint32(4 * i, word, true));
  bytes.fill(0x20, 20, 20 + jsonLength);
  bytes.set(json, 20);
  if (isEmpty) return bytes;
  const start = 20 + jsonLength;
  view.setUint32(start, offset, true);
  view.setUint32(start + 4, BINARY_CHUNK, true);
  writeWords(view, start + 8, parts);
  return bytes;
}

/** Least and largest coordinates, which glTF asks for. */
function boundsOf(positions: Float32Array): { min: number[]; max: number[] } {
  const min = [Infinity, Infinity, Infinity], max = [-Infinity, -Infinity, -Infinity];
  positions.forEach((value, i) => {
    min[i % 3] = Math.min(min[i % 3]!, value);
    max[i % 3] = Math.max(max[i % 3]!, value);
  });
  return { min, max };
}

/** Writes arrays one after another, little-endian on any machine. */
function writeWords(view: DataView, start: number, parts: readonly (Float32Array | Uint32Array)[]): void {
  let at = start;
  for (const part of parts) {
    for (const word of part) {
      if (part instanceof Float32Array) view.setFloat32(at, word, true);
      else view.setUint32(at, word, true);
      at += 4;
    }
  }
}

/**
 * An OBJ file.
 *
 * @param surface The surface.
 */
export function encodeObj(surface: Surface): Uint8Array {
  const lines: string[] = [];
  const list = (word: string, vectors: Float32Array) => {
    for (let i = 0; i < vectors.length; i += 3) {
      lines.push(`${word} ${vectors[i]} ${vectors[i + 1]} ${vectors[i + 2]}`);
    }
  };
  list("v", withYUp(surface.positions));
  list("vn", withYUp(surface.normals));
  for (let i = 0; i < surface.triangles.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((corner) => surface.triangles[i + corner]! + 1);
    lines.push(`f ${a}//${a} ${b}//${b} ${c}//${c}`);
  }
  return new TextEncoder().encode(lines.join("\n") + "\n");
}

/**
 * A binary PLY file.
 *
 * @param surface The surface.
 */
export function encodePly({ positions, normals, triangles }: Surface): Uint8Array {
  const vertices = positions.length / 3, faces = triangles.length / 3;
  const header = new TextEncoder().encode([
    "ply",
    "format binary_little_endian 1.0",
    `element vertex ${vertices}`,
    ...["x", "y", "z", "nx", "ny", "nz"].map((name) => `property float ${name}`),
    `element face ${faces}`,
    "property list uchar uint vertex_indices",
    "end_header",
    "",
  ].join("\n"));
  const bytes = new Uint8Array(header.length + vertices * 24 + faces * 13), view = new DataView(bytes.buffer);
  bytes.set(header);
  let at = header.length;
  for (let i = 0; i < positions.length; i += 3, at += 24) {
    writeWords(view, at, [positions.subarray(i, i + 3), normals.subarray(i, i + 3)]);
  }
  for (let i = 0; i < triangles.length; i += 3, at += 13) {
    view.setUint8(at, 3);
    writeWords(view, at + 1, [triangles.subarray(i, i + 3)]);
  }
  return bytes;
}
