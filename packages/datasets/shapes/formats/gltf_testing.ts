/**
 * Writes glTF documents with plain, quantised and compressed buffers, for tests.
 *
 * @module
 */
import draco from "draco3d";
import { MeshoptEncoder } from "meshoptimizer";
import { ascii, concatenated } from "../shape_testing.ts";
import type { TriangleMesh } from "./triangle_mesh.ts";

/**
 * A document for the buffers of a mesh: positions, then indices.
 *
 * @param mesh Mesh.
 * @param mesh.positions Vertices.
 * @param mesh.triangles Indices.
 * @param changes Members of the document to replace.
 */
export function gltfDocument({ positions, triangles }: TriangleMesh, changes: Record<string, unknown> = {}) {
  return {
    asset: { version: "2.0" },
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0 }],
    buffers: [{ byteLength: positions.byteLength + triangles.byteLength, uri: "a%20b.bin" }],
    bufferViews: [
      { buffer: 0, byteLength: positions.byteLength },
      { buffer: 0, byteOffset: positions.byteLength, byteLength: triangles.byteLength },
    ],
    accessors: [
      { bufferView: 0, componentType: 5126, type: "VEC3", count: positions.length / 3 },
      { bufferView: 1, componentType: 5125, type: "SCALAR", count: triangles.length },
    ],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] }],
    ...changes,
  };
}

/** Returns the bytes of an array. @param array Numbers. */
export function arrayBytes(
  array: Float32Array | Uint32Array | Int16Array | Uint16Array | Int8Array,
): Uint8Array {
  return new Uint8Array(array.slice().buffer);
}

/** Returns a .gltf file. @param document Document. */
export function gltf(document: unknown): Uint8Array {
  return ascii(JSON.stringify(document));
}

/** A document with the contents of its only buffer. */
export interface GltfParts {
  /** Document. */
  readonly document: unknown;
  /** Buffer, whose URI the reader of files beside the document is asked for. */
  readonly buffer: Uint8Array;
}

/** Compresses a mesh by meshoptimizer. @param mesh Mesh. */
export async function meshoptDocument(mesh: TriangleMesh): Promise<GltfParts> {
  await MeshoptEncoder.ready;
  const { positions, triangles } = mesh;
  const vertices = MeshoptEncoder.encodeGltfBuffer(
    arrayBytes(positions),
    positions.length / 3,
    12,
    "ATTRIBUTES",
  );
  const indices = MeshoptEncoder.encodeGltfBuffer(arrayBytes(triangles), triangles.length, 4, "TRIANGLES");
  const compressed = (
    byteOffset: number,
    byteLength: number,
    count: number,
    byteStride: number,
    mode: string,
  ) => ({
    buffer: 0,
    byteLength: count * byteStride,
    extensions: { EXT_meshopt_compression: { buffer: 0, byteOffset, byteLength, count, byteStride, mode } },
  });
  const document = gltfDocument(mesh, {
    extensionsUsed: ["EXT_meshopt_compression"],
    bufferViews: [
      compressed(0, vertices.length, positions.length / 3, 12, "ATTRIBUTES"),
      compressed(vertices.length, indices.length, triangles.length, 4, "TRIANGLES"),
    ],
  });
  return { document, buffer: concatenated(vertices, indices) };
}

/** Compresses a mesh by Draco, with positions of 14 bits. @param mesh Mesh. */
export async function dracoDocument(mesh: TriangleMesh): Promise<GltfParts> {
  const library = await draco.createEncoderModule({});
  const encoder = new library.Encoder(), builder = new library.MeshBuilder(), target = new library.Mesh();
  builder.AddFacesToMesh(target, mesh.triangles.length / 3, mesh.triangles);
  builder.AddFloatAttributeToMesh(target, library.POSITION, mesh.positions.length / 3, 3, mesh.positions);
  encoder.SetAttributeQuantization(library.POSITION, 14);
  const data = new library.DracoInt8Array();
  const length = encoder.EncodeMeshToDracoBuffer(target, data);
  const buffer = Uint8Array.from({ length }, (_, i) => data.GetValue(i) & 255);
  const document = gltfDocument(mesh, {
    extensionsUsed: ["KHR_draco_mesh_compression"],
    buffers: [{ byteLength: length, uri: "d" }],
    bufferViews: [{ buffer: 0, byteLength: length }],
    accessors: [],
    meshes: [{
      primitives: [{
        attributes: { POSITION: 0 },
        indices: 1,
        extensions: { KHR_draco_mesh_compression: { bufferView: 0, attributes: { POSITION: 0 } } },
      }],
    }],
  });
  return { document, buffer };
}
