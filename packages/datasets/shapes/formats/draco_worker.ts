/**
 * Decodes Draco meshes, in a worker: see `gltf_draco.ts`.
 *
 * @module
 */
import { packageModule } from "../../core/npm_package.ts";

/** A decoded mesh. */
export interface DracoMesh {
  /** Vertex positions, `[vertices, 3]`. */
  readonly positions: Float32Array;
  /** Vertex indices, `[triangles, 3]`. */
  readonly indices: Uint32Array;
}

const DRACO = { name: "draco3d", versions: "^1.5.7" };

/** The part of `npm:draco3d` that is used; pointers are offsets in its memory. */
interface DracoModule {
  readonly HEAPF32: Float32Array;
  readonly HEAPU32: Uint32Array;
  readonly DT_FLOAT32: number;
  readonly Decoder: new () => {
    DecodeArrayToMesh(
      bytes: Int8Array,
      length: number,
      mesh: unknown,
    ): { ok(): boolean; error_msg(): string };
    GetAttributeByUniqueId(mesh: unknown, id: number): { num_components(): number };
    GetAttributeDataArrayForAllPoints(
      mesh: unknown,
      attribute: unknown,
      type: number,
      bytes: number,
      pointer: number,
    ): boolean;
    GetTrianglesUInt32Array(mesh: unknown, bytes: number, pointer: number): boolean;
  };
  readonly Mesh: new () => { num_points(): number; num_faces(): number; ptr: number };
  _malloc(bytes: number): number;
}

/**
 * Decodes a mesh.
 *
 * @param bytes Compressed mesh.
 * @param position Unique id of the attribute with positions.
 * @throws {Error} If it is damaged.
 */
export async function decodeDraco(bytes: Uint8Array, position: number): Promise<DracoMesh> {
  const loaded = await packageModule(DRACO);
  const library = (loaded["default"] ?? loaded) as {
    createDecoderModule(options: object): Promise<DracoModule>;
  };
  const draco = await library.createDecoderModule({});
  const decoder = new draco.Decoder(), mesh = new draco.Mesh();
  const status = decoder.DecodeArrayToMesh(
    new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length),
    bytes.length,
    mesh,
  );
  if (!status.ok() || mesh.ptr === 0) throw new Error(`Draco: ${status.error_msg()}`);
  const vertices = mesh.num_points(), faces = mesh.num_faces();
  const attribute = decoder.GetAttributeByUniqueId(mesh, position);
  if (attribute.num_components() !== 3) throw new Error("its positions do not have 3 coordinates");
  const read = (numbers: number, fill: (bytes: number, pointer: number) => boolean) => {
    const pointer = draco._malloc(4 * numbers);
    if (pointer === 0 || !fill(4 * numbers, pointer)) throw new Error("Draco returned no data");
    return pointer / 4;
  };
  const from = read(
    3 * vertices,
    (size, pointer) =>
      decoder.GetAttributeDataArrayForAllPoints(mesh, attribute, draco.DT_FLOAT32, size, pointer),
  );
  const positions = draco.HEAPF32.slice(from, from + 3 * vertices);
  const corners = read(3 * faces, (size, pointer) => decoder.GetTrianglesUInt32Array(mesh, size, pointer));
  return { positions, indices: draco.HEAPU32.slice(corners, corners + 3 * faces) };
}
