/**
 * Reads OFF files (Object File Format of Geomview), the format of ModelNet: the word `OFF`, the numbers of vertices, faces and
 * edges, vertices, then faces as their number of corners and vertex indices, in text or big-endian binary. Many files of
 * ModelNet have the counts on the first line without a space, `OFF490 518 0`. Colours, normals and texture coordinates
 * (`COFF`, `NOFF`, `STOFF`) are skipped.
 *
 * @module
 */
import { DataError } from "../../core/data_error.ts";
import { PolygonFans } from "./polygon_fans.ts";
import { requireMesh, type TriangleMesh, triangleMesh } from "./triangle_mesh.ts";

/** Bytes that hold the first line of any file. */
const HEADER_BYTES = 256;

const HEADER = /^\s*(?:#[^\n]*\n\s*)*(ST)?(C)?(N)?(4)?(n)?OFF[ \t]*(BINARY)?/;

/** Numbers of a vertex after its position: normal, colour and texture coordinates. */
function restOfVertex(header: RegExpExecArray): number {
  return (header[1] ? 2 : 0) + (header[2] ? 4 : 0) + (header[3] ? 3 : 0);
}

/**
 * Reads an OFF file. Polygons are split into triangle fans.
 *
 * @param bytes File contents.
 * @param name File name for messages.
 * @returns Mesh along the file's axes.
 * @throws {DataError} If it is not OFF, is damaged, or has no faces.
 * @throws {MemoryError} If it does not fit in memory.
 *
 * @example
 * ```ts
 * import { parseOff } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "OFF3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n";
 * assertEquals([...parseOff(new TextEncoder().encode(text)).triangles], [0, 1, 2]);
 * ```
 *
 * @category Shapes
 */
export function parseOff(bytes: Uint8Array, name: string = "the file"): TriangleMesh {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, HEADER_BYTES));
  const header = HEADER.exec(start);
  if (header === null) {
    throw new DataError(
      `${name} is not an OFF file: expected it to start with "OFF", but ` +
        (start === "" ? "it is empty." : `it starts with ${JSON.stringify(start.slice(0, 8))}.`),
    );
  }
  if (header[4] || header[5]) {
    throw new DataError(`${name} has vertices of 4 or more dimensions: only OFF files of 3 are supported.`);
  }
  return header[6] ? binaryOff(bytes, start, header, name) : textOff(bytes.subarray(header[0].length), name);
}

/** Sequential lines of numbers, without comments and empty lines. */
class NumberLines {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Returns the numbers of the next line. */
  next(name: string): number[] {
    while (this.#at < this.#text.length) {
      let end = this.#text.indexOf("\n", this.#at);
      if (end < 0) end = this.#text.length;
      const line = this.#text.slice(this.#at, end).replace(/#.*/, "").trim();
      this.#at = end + 1;
      if (line !== "") return line.split(/\s+/).map(Number);
    }
    throw new DataError(`${name} is truncated: it has fewer lines than its header declares. Copy it again.`);
  }
}

function requireCounts(vertices: number, faces: number, bytesLeft: number, name: string): void {
  if ([vertices, faces].every((count) => Number.isSafeInteger(count) && count >= 0)) {
    // A vertex takes 6 characters, a face 2.
    if (6 * vertices + 2 * faces <= bytesLeft + 8) return;
    throw new DataError(
      `${name} is truncated: ${bytesLeft} bytes cannot hold the ${vertices} vertices and ${faces} faces that its ` +
        "header declares. Copy it again.",
    );
  }
  throw new DataError(
    `${name} is damaged: its header must have the numbers of vertices and faces, got ${vertices} and ${faces}.`,
  );
}

function textOff(data: Uint8Array, name: string): TriangleMesh {
  const lines = new NumberLines(new TextDecoder("latin1").decode(data));
  const [vertices = Number.NaN, faces = Number.NaN] = lines.next(name);
  requireCounts(vertices, faces, data.length, name);
  requireMesh(vertices, data.length / 2, data.length, name);
  const positions: number[] = [], triangles: number[] = [], fans = new PolygonFans(triangles);
  for (let i = 0; i < vertices; i++) {
    const line = lines.next(name);
    if (line.length < 3) {
      throw new DataError(`${name} is damaged: vertex ${i} has ${line.length} of 3 coordinates.`);
    }
    positions.push(line[0]!, line[1]!, line[2]!);
  }
  for (let i = 0; i < faces; i++) {
    const [corners = 0, ...indices] = lines.next(name);
    addFace(fans, corners, indices, i, name);
  }
  return triangleMesh(positions, triangles, name);
}

function addFace(
  fans: PolygonFans,
  corners: number,
  indices: readonly number[],
  face: number,
  name: string,
) {
  if (!Number.isSafeInteger(corners) || corners < 0 || indices.length < corners) {
    throw new DataError(`${name} is damaged: face ${face} has ${indices.length} of ${corners} corners.`);
  }
  fans.add(indices.slice(0, corners));
}

function binaryOff(bytes: Uint8Array, start: string, header: RegExpExecArray, name: string): TriangleMesh {
  const line = start.indexOf("\n", header[0].length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = line + 1;
  const need = (count: number) => {
    if (line >= 0 && at + 4 * count <= bytes.length) return;
    throw new DataError(
      `${name} is truncated: it has fewer numbers than its header declares. Copy it again.`,
    );
  };
  const integer = () => {
    need(1);
    at += 4;
    return view.getInt32(at - 4);
  };
  const vertices = integer(), faces = integer();
  integer();
  const width = 3 + restOfVertex(header);
  if (vertices < 0 || faces < 0) throw new DataError(`${name} is damaged: its header has negative counts.`);
  need(vertices * width + 2 * faces);
  requireMesh(vertices, bytes.length / 4, 0, name);
  const positions: number[] = [], triangles: number[] = [], fans = new PolygonFans(triangles);
  for (let i = 0; i < vertices; i++, at += 4 * width) {
    for (let axis = 0; axis < 3; axis++) positions.push(view.getFloat32(at + 4 * axis));
  }
  for (let i = 0; i < faces; i++) {
    const corners = integer();
    need(Math.max(0, corners));
    const indices = Array.from({ length: Math.max(0, corners) }, integer);
    addFace(fans, corners, indices, i, name);
    const colours = integer();
    need(Math.max(0, colours));
    at += 4 * Math.max(0, colours);
  }
  return triangleMesh(positions, triangles, name);
}
