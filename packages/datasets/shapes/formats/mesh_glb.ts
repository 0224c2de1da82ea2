/**
 * Reads glTF 2.0, binary (GLB) or as a document with separate buffers: the triangles of all meshes of the scene, transformed by their nodes and their
 * ancestors. Materials, animations and skins do not affect the shape at rest and are ignored.
 *
 * @module
 */
import { DataError } from "../../core/data_error.ts";
import { asObject, type JsonObject, listed, type ReadBeside, readGltf } from "./glb_container.ts";
import { GltfBuffers } from "./gltf_buffers.ts";
import { dracoPrimitive } from "./gltf_draco.ts";
import { requireMesh, type TriangleMesh, triangleMesh } from "./triangle_mesh.ts";

/** A 4×4 matrix in column-major order. */
type Matrix = readonly number[];

const IDENTITY: Matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** Maximum output numbers per byte of the file: bounds how often nodes may use a mesh. */
const MAX_NUMBERS_PER_BYTE = 64;

/** Triangle topologies by the `mode` of a primitive. */
const TRIANGLE_MODES: ReadonlyMap<unknown, "list" | "strip" | "fan"> = new Map([
  [4, "list"],
  [5, "strip"],
  [6, "fan"],
]);

function product(a: Matrix, b: Matrix): Matrix {
  return Array.from({ length: 16 }, (_, i) => {
    const row = i % 4, column = i - row;
    return a[row]! * b[column]! + a[row + 4]! * b[column + 1]! + a[row + 8]! * b[column + 2]! +
      a[row + 12]! * b[column + 3]!;
  });
}

function numbersOf(
  value: unknown,
  standard: readonly number[],
  what: string,
  name: string,
): readonly number[] {
  if (value === undefined) return standard;
  if (
    Array.isArray(value) && value.length === standard.length && value.every((n) => typeof n === "number")
  ) return value;
  throw new DataError(`${name} is damaged: the ${what} of a node must be ${standard.length} numbers.`);
}

/** Returns the transform of a node: its matrix, or scaling, rotation by a unit quaternion, and translation. */
function nodeMatrix(node: JsonObject, name: string): Matrix {
  if (node["matrix"] !== undefined) return numbersOf(node["matrix"], IDENTITY, "matrix", name);
  const [tx, ty, tz] = numbersOf(node["translation"], [0, 0, 0], "translation", name) as [
    number,
    number,
    number,
  ];
  const [x, y, z, w] = numbersOf(node["rotation"], [0, 0, 0, 1], "rotation", name) as [
    number,
    number,
    number,
    number,
  ];
  const [sx, sy, sz] = numbersOf(node["scale"], [1, 1, 1], "scale", name) as [number, number, number];
  return [
    ...[1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w)].map((n) => n * sx),
    0,
    ...[2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w)].map((n) => n * sy),
    0,
    ...[2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y)].map((n) => n * sz),
    ...[0, tx, ty, tz, 1],
  ];
}

/** Whether a transform reverses orientation (negative determinant). */
function mirrors(m: Matrix): boolean {
  return m[0]! * (m[5]! * m[10]! - m[6]! * m[9]!) - m[4]! * (m[1]! * m[10]! - m[2]! * m[9]!) +
      m[8]! * (m[1]! * m[6]! - m[2]! * m[5]!) < 0;
}

function cornersOf(indices: ArrayLike<number>, mode: "list" | "strip" | "fan"): number[] {
  const corners: number[] = [];
  if (mode === "list") {
    for (let i = 0; i + 2 < indices.length; i += 3) {
      corners.push(indices[i]!, indices[i + 1]!, indices[i + 2]!);
    }
    return corners;
  }
  for (let i = 2; i < indices.length; i++) {
    if (mode === "fan") corners.push(indices[0]!, indices[i - 1]!, indices[i]!);
    // Every second triangle of a strip has the opposite winding.
    else if (i % 2 === 0) corners.push(indices[i - 2]!, indices[i - 1]!, indices[i]!);
    else corners.push(indices[i - 1]!, indices[i - 2]!, indices[i]!);
  }
  return corners;
}

/** Vertices and vertex indices of a primitive. */
interface Primitive {
  readonly positions: ArrayLike<number>;
  readonly indices: ArrayLike<number>;
  readonly mode: "list" | "strip" | "fan";
}

/** Accumulates the triangles of all nodes. */
class Collector {
  readonly positions: number[] = [];
  readonly triangles: number[] = [];
  readonly #buffers: GltfBuffers;
  readonly #name: string;
  #budget: number;
  #triangles = 0;
  /** Primitives of meshes already decoded, since nodes may share a mesh. */
  readonly #meshes = new Map<unknown, readonly Primitive[]>();

  /** Creates a collector of at most `budget` numbers. */
  constructor(buffers: GltfBuffers, name: string, budget: number) {
    this.#buffers = buffers;
    this.#name = name;
    this.#budget = budget;
  }

  /** Adds a mesh of the document. */
  async add(index: unknown, matrix: Matrix): Promise<void> {
    let decoded = this.#meshes.get(index);
    if (decoded === undefined) {
      const { primitives } = listed(this.#buffers.document, "meshes", index, this.#name);
      const list: Primitive[] = [];
      for (const primitive of Array.isArray(primitives) ? primitives : []) {
        const found = asObject(primitive);
        const mode = TRIANGLE_MODES.get(found?.["mode"] ?? 4);
        if (found && mode) list.push({ ...await this.#decode(found), mode });
      }
      decoded = list;
      this.#meshes.set(index, decoded);
    }
    for (const primitive of decoded) this.#addPrimitive(primitive, matrix);
  }

  async #decode(primitive: JsonObject): Promise<Omit<Primitive, "mode">> {
    const buffers = this.#buffers;
    const draco = asObject(asObject(primitive["extensions"])?.["KHR_draco_mesh_compression"]);
    if (draco) return await dracoPrimitive(buffers, draco, this.#name);
    const positions = await buffers.accessor(asObject(primitive["attributes"])?.["POSITION"], "VEC3");
    const indices = primitive["indices"] === undefined
      ? Uint32Array.from({ length: positions.length / 3 }, (_, i) => i)
      : await buffers.accessor(primitive["indices"], "SCALAR");
    return { positions, indices };
  }

  #addPrimitive({ positions, indices, mode }: Primitive, m: Matrix): void {
    const name = this.#name, vertices = positions.length / 3, first = this.positions.length / 3;
    this.#budget -= positions.length + 3 * indices.length;
    this.#triangles += mode === "list" ? indices.length / 3 : indices.length;
    requireMesh(first + vertices, this.#triangles, 4 * (positions.length + indices.length), name);
    if (this.#budget < 0) {
      throw new DataError(
        `${name} instantiates its meshes too often: export it with fewer copies.`,
      );
    }
    for (let i = 0; i < positions.length; i += 3) {
      const x = positions[i]!, y = positions[i + 1]!, z = positions[i + 2]!;
      this.positions.push(
        m[0]! * x + m[4]! * y + m[8]! * z + m[12]!,
        m[1]! * x + m[5]! * y + m[9]! * z + m[13]!,
        m[2]! * x + m[6]! * y + m[10]! * z + m[14]!,
      );
    }
    const corners = cornersOf(indices, mode);
    for (let i = 0; i < corners.length; i += 3) {
      const [a, b, c] = [corners[i]!, corners[i + 1]!, corners[i + 2]!];
      if (Math.max(a, b, c) >= vertices) {
        throw new DataError(
          `${name} is damaged: a triangle has vertex ${Math.max(a, b, c)} of ${vertices}.`,
        );
      }
      this.triangles.push(first + a, first + (mirrors(m) ? c : b), first + (mirrors(m) ? b : c));
    }
  }
}

/** Returns the root nodes of the default scene, or all nodes without a parent if the file has no scenes. */
function rootNodes(document: JsonObject, name: string): readonly unknown[] {
  const list = (value: unknown): readonly unknown[] => Array.isArray(value) ? value : [];
  if (list(document["scenes"]).length > 0) {
    return list(listed(document, "scenes", document["scene"] ?? 0, name)["nodes"]);
  }
  const nodes = list(document["nodes"]);
  const children = new Set(nodes.flatMap((node) => list(asObject(node)?.["children"])));
  return nodes.map((_, index) => index).filter((index) => !children.has(index));
}

/** Numbers that compressed primitives may have per byte of the file, besides {@link MAX_NUMBERS_PER_BYTE}. */
const COMPRESSED = 8;

/**
 * Reads a glTF file, binary or with separate buffers; quantised, and compressed by meshoptimizer or Draco, whose decoders are
 * loaded when a file needs them.
 *
 * @param bytes File contents.
 * @param name File name for messages.
 * @param readBeside Reads the buffers of a `.gltf` file.
 * @returns The triangles of the scene.
 * @throws {DataError} If it is not glTF 2.0, is damaged, has no triangles, or a buffer is missing.
 * @throws {MemoryError} If they do not fit in memory.
 * @category Shapes
 */
export async function parseGlb(
  bytes: Uint8Array,
  name: string = "the file",
  readBeside?: ReadBeside,
): Promise<TriangleMesh> {
  const container = readGltf(bytes, name), { document } = container;
  const buffers = await GltfBuffers.open(container, name, readBeside);
  const budget = MAX_NUMBERS_PER_BYTE * (buffers.isCompressed ? COMPRESSED : 1) *
    (bytes.length + buffers.bytes);
  const collector = new Collector(buffers, name, budget);
  const pending = rootNodes(document, name).map((index) => ({ index, above: IDENTITY }));
  const seen = new Set<unknown>();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const node = listed(document, "nodes", next.index, name);
    if (seen.has(next.index)) {
      throw new DataError(`${name} is damaged: node ${String(next.index)} occurs in its scene twice.`);
    }
    seen.add(next.index);
    const matrix = product(next.above, nodeMatrix(node, name));
    if (node["mesh"] !== undefined) await collector.add(node["mesh"], matrix);
    const children = Array.isArray(node["children"]) ? node["children"] : [];
    for (const index of children) pending.push({ index, above: matrix });
  }
  return triangleMesh(collector.positions, collector.triangles, name);
}
