/**
 * Primitives of glTF compressed by Draco. The decoder of `npm:draco3d` runs in a worker, since a damaged file may send it
 * into an endless loop.
 *
 * @module
 */
import { DataError } from "../../core/data_error.ts";
import { parseGuarded } from "../../core/guarded_worker.ts";
import { asObject, type JsonObject } from "./glb_container.ts";
import type { DracoMesh } from "./draco_worker.ts";
import type { GltfBuffers } from "./gltf_buffers.ts";

/**
 * Decodes a primitive.
 *
 * @param buffers Arrays of the document.
 * @param extension The primitive's `KHR_draco_mesh_compression`.
 * @param name File name for messages.
 * @returns Vertices and vertex indices.
 * @throws {DataError} If it is damaged.
 */
export async function dracoPrimitive(
  buffers: GltfBuffers,
  extension: JsonObject,
  name: string,
): Promise<DracoMesh> {
  const { bytes } = await buffers.view(extension["bufferView"]);
  const position = asObject(extension["attributes"])?.["POSITION"];
  if (typeof position !== "number") {
    throw new DataError(`${name} is damaged: its compressed mesh has no positions.`);
  }
  return await parseGuarded<DracoMesh>(new URL("./draco_worker.ts", import.meta.url), "decodeDraco", bytes, {
    argument: position,
    name: `the compressed mesh of ${name}`,
  });
}
