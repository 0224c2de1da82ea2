/**
 * Reads STL files, binary (80 bytes of comment, a count, 50 bytes a triangle) and text (`facet`, `vertex x y z`). The format
 * stores the corners of each triangle anew: welding joins them.
 *
 * @module
 */
import { DataError } from "../../core/data_error.ts";
import { requireMesh, type TriangleMesh, triangleMesh } from "./triangle_mesh.ts";

const HEADER_BYTES = 84, TRIANGLE_BYTES = 50;

/** Whether a file has the length that the count of a binary file declares. Some end with a few bytes more. */
function isBinary(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER_BYTES) return false;
  const count = new DataView(bytes.buffer, bytes.byteOffset).getUint32(80, true);
  const end = HEADER_BYTES + count * TRIANGLE_BYTES;
  return end === bytes.length || (end < bytes.length && !isText(bytes));
}

/** Binary files may also begin with `solid`, but only text has a facet or an end in its first lines. */
function isText(bytes: Uint8Array): boolean {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 1024));
  return /^\s*solid\b/i.test(start) &&
    (/\n\s*(facet|endsolid)\b/i.test(start) || bytes.length < HEADER_BYTES);
}

/**
 * Reads an STL file.
 *
 * @param bytes File contents.
 * @param name File name for messages.
 * @returns Mesh along the file's axes; each triangle has vertices of its own.
 * @throws {DataError} If it is not STL, is damaged, or has no triangles.
 * @throws {MemoryError} If it does not fit in memory.
 *
 * @example
 * ```ts
 * import { parseStl } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "solid\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid\n";
 * assertEquals([...parseStl(new TextEncoder().encode(text)).triangles], [0, 1, 2]);
 * ```
 *
 * @category Shapes
 */
export function parseStl(bytes: Uint8Array, name: string = "the file"): TriangleMesh {
  if (isBinary(bytes)) return binaryStl(bytes, name);
  if (isText(bytes)) return textStl(bytes, name);
  if (bytes.length >= HEADER_BYTES) {
    const count = new DataView(bytes.buffer, bytes.byteOffset).getUint32(80, true);
    throw new DataError(
      `${name} is damaged, truncated or not an STL file: its header declares ${count} triangles, ` +
        `${HEADER_BYTES + count * TRIANGLE_BYTES} bytes, but the file has ${bytes.length}. Copy it again.`,
    );
  }
  throw new DataError(
    `${name} is not an STL file: it has ${bytes.length} bytes and does not start with "solid". Copy it again.`,
  );
}

function binaryStl(bytes: Uint8Array, name: string): TriangleMesh {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(80, true);
  requireMesh(3 * count, count, 36 * count, name);
  const positions = new Float32Array(9 * count);
  for (let triangle = 0; triangle < count; triangle++) {
    // After the normal.
    const at = HEADER_BYTES + triangle * TRIANGLE_BYTES + 12;
    for (let i = 0; i < 9; i++) positions[9 * triangle + i] = view.getFloat32(at + 4 * i, true);
  }
  return triangleMesh(positions, indices(3 * count), name);
}

function indices(count: number): Uint32Array {
  const all = new Uint32Array(count);
  for (let i = 0; i < count; i++) all[i] = i;
  return all;
}

function textStl(bytes: Uint8Array, name: string): TriangleMesh {
  // A vertex takes at least 12 characters.
  requireMesh(bytes.length / 12, bytes.length / 36, 2 * bytes.length, name);
  const text = new TextDecoder("latin1").decode(bytes);
  if (!/\bendsolid\b/i.test(text.slice(-1024))) {
    throw new DataError(`${name} is truncated: its last line is not "endsolid". Copy it again.`);
  }
  const positions: number[] = [];
  for (const [, x, y, z] of text.matchAll(/\bvertex\s+(\S+)\s+(\S+)\s+(\S+)/gi)) {
    positions.push(Number(x), Number(y), Number(z));
  }
  if (positions.length % 9 !== 0) {
    throw new DataError(`${name} is damaged: ${positions.length / 3} vertices do not form triangles.`);
  }
  return triangleMesh(positions, indices(positions.length / 3), name);
}
