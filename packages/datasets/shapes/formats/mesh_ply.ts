/**
 * Reads PLY files (the Stanford polygon format), as text or binary of either byte order. Triangle strips (`tristrips`, with -1
 * between strips) are read too. Other elements and other properties are skipped.
 *
 * @module
 */
import { DataError } from "../../core/data_error.ts";
import { PLY_BYTES, type PlyElement, type PlyHeader, type PlyType, readPlyHeader } from "./ply_header.ts";
import { PolygonFans } from "./polygon_fans.ts";
import { requireMesh, type TriangleMesh, triangleMesh } from "./triangle_mesh.ts";

/** Sequential reader of the numbers after a header. */
interface NumberSource {
  /** Reads the next number. */
  next(type: PlyType): number;
  /** Whether so many numbers of so many bytes can remain; checked before looping over a declared count. */
  holds(numbers: number, bytes: number): boolean;
}

function binarySource(data: Uint8Array, littleEndian: boolean, name: string): NumberSource {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let at = 0;
  const read: Readonly<Record<PlyType, () => number>> = {
    char: () => view.getInt8(at),
    uchar: () => view.getUint8(at),
    short: () => view.getInt16(at, littleEndian),
    ushort: () => view.getUint16(at, littleEndian),
    int: () => view.getInt32(at, littleEndian),
    uint: () => view.getUint32(at, littleEndian),
    float: () => view.getFloat32(at, littleEndian),
    double: () => view.getFloat64(at, littleEndian),
  };
  return {
    next(type) {
      if (at + PLY_BYTES[type] > data.length) throw truncated(name);
      const value = read[type]();
      at += PLY_BYTES[type];
      return value;
    },
    holds: (_, bytes) => bytes <= data.length - at,
  };
}

function asciiSource(data: Uint8Array, name: string): NumberSource {
  const text = new TextDecoder("latin1").decode(data);
  const words = /\S+/g;
  return {
    next() {
      const word = words.exec(text)?.[0];
      if (word === undefined) {
        // A failed search would restart from the beginning.
        words.lastIndex = text.length;
        throw truncated(name);
      }
      return Number(word);
    },
    holds: (numbers) => 2 * numbers - 1 <= text.length - words.lastIndex,
  };
}

function truncated(name: string): DataError {
  return new DataError(`${name} is truncated: it has fewer numbers than its header declares. Copy it again.`);
}

function numberSource(bytes: Uint8Array, { format, dataStart }: PlyHeader, name: string): NumberSource {
  const data = bytes.subarray(dataStart);
  return format === "ascii"
    ? asciiSource(data, name)
    : binarySource(data, format === "binary_little_endian", name);
}

/** Throws unless a file fits in memory: what its header declares, bounded by what its bytes can encode. */
function requirePly(bytes: Uint8Array, { format, elements }: PlyHeader, name: string): void {
  const isText = format === "ascii", data = bytes.length;
  const declared = (element: string) =>
    elements.filter(({ name }) => name === element).reduce((sum, { count }) => sum + count, 0);
  // A number takes a digit and a space as text; a vertex index at least a byte.
  const vertices = Math.min(declared("vertex"), data / (isText ? 6 : 3));
  const corners = data / (isText ? 2 : 1);
  const faces = elements.filter(({ name }) => name === "face" || name === "tristrips");
  const lists = faces[0]?.properties.find(({ countType }) => countType);
  const triangles = faces.every(({ count }) => count === 0)
    ? 0
    : isText
    ? corners
    : data / PLY_BYTES[lists?.type ?? "char"];
  // Usually all faces are triangles, with three indices and their count each.
  const likely = Math.min(triangles, Math.max(declared("face"), triangles / 4));
  requireMesh(vertices, likely, isText ? data : 0, name);
}

/** Reads the items of an element and passes their properties to `visit`; scalars as lists of one. */
function readElement(
  source: NumberSource,
  { count, properties, name: element }: PlyElement,
  name: string,
  visit: (property: number, values: readonly number[]) => void,
): void {
  const leastBytes = properties.reduce((sum, { type, countType }) => sum + PLY_BYTES[countType ?? type], 0);
  if (!source.holds(count * properties.length, count * leastBytes)) throw truncated(name);
  if (properties.length === 0) return;
  for (let item = 0; item < count; item++) {
    properties.forEach(({ type, countType }, property) => {
      const length = countType === undefined ? 1 : source.next(countType);
      if (!Number.isInteger(length) || length < 0) {
        throw new DataError(`${name} is damaged: ${element} ${item} has a list of ${length} numbers.`);
      }
      if (!source.holds(length, length * PLY_BYTES[type])) throw truncated(name);
      visit(property, Array.from({ length }, () => source.next(type)));
    });
  }
}

/** Adds the triangles of strips, which -1 separates. Every second triangle of a strip has the opposite winding. */
function addStrips(triangles: number[], values: readonly number[]): void {
  for (let i = 2, start = 0; i < values.length; i++) {
    if (values[i]! < 0) {
      start = i + 1;
      i += 2;
    } else if (values[i - 1]! >= 0 && values[i - 2]! >= 0) {
      const [a, b] = (i - start) % 2 === 0
        ? [values[i - 2]!, values[i - 1]!]
        : [values[i - 1]!, values[i - 2]!];
      triangles.push(a, b, values[i]!);
    }
  }
}

/**
 * Reads a PLY file. Polygons are split into triangle fans.
 *
 * @param bytes File contents.
 * @param name File name for messages.
 * @returns Mesh along the file's axes.
 * @throws {DataError} If it is not PLY, is damaged, or has no faces.
 * @throws {MemoryError} If it does not fit in memory.
 *
 * @example
 * ```ts
 * import { parsePly } from "@gasp/datasets";
 * import { assertEquals } from "@std/assert";
 *
 * const text = `ply
 * format ascii 1.0
 * element vertex 3
 * property float x
 * property float y
 * property float z
 * element face 1
 * property list uchar int vertex_indices
 * end_header
 * 0 0 0
 * 1 0 0
 * 0 1 0
 * 3 0 1 2
 * `;
 * assertEquals([...parsePly(new TextEncoder().encode(text)).triangles], [0, 1, 2]);
 * ```
 *
 * @category Shapes
 */
export function parsePly(bytes: Uint8Array, name: string = "the file"): TriangleMesh {
  const header = readPlyHeader(bytes, name);
  requirePly(bytes, header, name);
  const source = numberSource(bytes, header, name);
  const positions: number[] = [], triangles: number[] = [], fans = new PolygonFans(triangles);
  for (const element of header.elements) {
    const names = element.properties.map((property) => property.name);
    if (element.name === "vertex") {
      const axes = names.map((property) => ["x", "y", "z"].indexOf(property));
      if (["x", "y", "z"].some((axis) => !names.includes(axis))) {
        throw new DataError(`${name} has vertices without x, y or z: found ${names.join(", ") || "none"}.`);
      }
      const position = [0, 0, 0];
      readElement(source, element, name, (property, [value = Number.NaN]) => {
        const axis = axes[property]!;
        if (axis >= 0) position[axis] = value;
        if (property === names.length - 1) positions.push(position[0]!, position[1]!, position[2]!);
      });
    } else {
      const isStrip = element.name === "tristrips";
      const corners = element.name === "face" || isStrip
        ? names.findIndex((property) => /^vertex_ind(ices|ex)$/.test(property))
        : -1;
      readElement(source, element, name, (property, values) => {
        if (property !== corners) return;
        if (isStrip) return addStrips(triangles, values);
        fans.add(values);
      });
    }
  }
  return triangleMesh(positions, triangles, name);
}
