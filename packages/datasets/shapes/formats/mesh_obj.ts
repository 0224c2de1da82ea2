/**
 * Reads Wavefront OBJ files: lines of text, `v x y z` for a vertex and `f a/t/n b/t/n …` for a polygon whose vertex indices
 * count from 1, or backwards from -1. Normals, materials, groups and other lines are ignored.
 *
 * @module
 */
import { DataError } from "../../core/data_error.ts";
import { PolygonFans } from "./polygon_fans.ts";
import { requireMesh, type TriangleMesh, triangleMesh } from "./triangle_mesh.ts";

/** Returns the vertex index, from 0, of a corner such as `7`, `7/1`, `7//3` or `-1`. */
function vertexIndex(corner: string, vertices: number): number {
  const slash = corner.indexOf("/");
  const number = Number(slash < 0 ? corner : corner.slice(0, slash));
  return number < 0 ? vertices + number : number - 1;
}

const TAB = 9, NEWLINE = 10, RETURN = 13, SPACE = 32, BACKSLASH = 92, F = 102, V = 118;

/** Returns upper bounds of the numbers of vertices and triangles, without parsing numbers. */
function countElements(bytes: Uint8Array): { vertices: number; triangles: number } {
  let vertices = 0, triangles = 0;
  let first = 0, words = 0, isWord = false;
  const endLine = () => {
    if (first === V) vertices++;
    else if (first === F) triangles += Math.max(0, words - 3);
    [first, words, isWord] = [0, 0, false];
  };
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    // A backslash continues a line.
    if (byte === NEWLINE && bytes[bytes[i - 1] === RETURN ? i - 2 : i - 1] !== BACKSLASH) endLine();
    else if (byte <= SPACE) isWord = false;
    else if (!isWord) {
      isWord = true;
      words++;
      const next = bytes[i + 1];
      if (words === 1) first = next === SPACE || next === TAB ? byte : 0;
    }
  }
  endLine();
  return { vertices, triangles };
}

/**
 * Reads an OBJ file. Polygons are split into triangle fans.
 *
 * @param bytes File contents.
 * @param name File name for messages.
 * @returns The triangles of all objects.
 * @throws {DataError} If there are no polygons, or a line is damaged.
 * @throws {MemoryError} If it does not fit in memory.
 *
 * @example A square is two triangles
 * ```ts
 * import { parseObj } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1 2 3 4\n";
 * assertEquals(parseObj(new TextEncoder().encode(text)).triangles.length, 6);
 * ```
 *
 * @category Shapes
 */
export function parseObj(bytes: Uint8Array, name: string = "the file"): TriangleMesh {
  const counted = countElements(bytes);
  // Text of one byte per character, and a copy with continued lines joined.
  requireMesh(counted.vertices, counted.triangles, 2 * bytes.length, name);
  // A backslash at the end of a line continues it.
  const text = new TextDecoder().decode(bytes).replaceAll(/\\\r?\n/g, " ");
  const positions: number[] = [], triangles: number[] = [], fans = new PolygonFans(triangles);
  for (let start = 0, end = 0; start < text.length; start = end + 1) {
    end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    const line = text.slice(start, end).trim();
    const [word, ...values] = line.split(/\s+/);
    if ((word === "v" || word === "f") && values.length < 3) {
      throw new DataError(
        `${name} is damaged: a ${word === "v" ? "vertex needs 3 coordinates" : "polygon needs 3 corners"}, ` +
          `got the line ${JSON.stringify(line.slice(0, 40))}.`,
      );
    }
    if (word === "v") {
      positions.push(Number(values[0]), Number(values[1]), Number(values[2]));
    } else if (word === "f") {
      fans.add(values.map((corner) => vertexIndex(corner, positions.length / 3)));
    }
  }
  return triangleMesh(positions, triangles, name);
}
