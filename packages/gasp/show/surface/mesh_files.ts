/**
 * Surfaces as files, by the exporters of three: GLB (binary glTF 2.0), Wavefront OBJ and binary PLY. GLB and OBJ files have
 * y up, as their readers expect, and the front towards z; PLY files keep the project's axes with z up. three is loaded
 * with the first file.
 * @module
 */
// @ts-types="@types/three"
import type * as Three from "three";
// @ts-types="@types/three/addons/exporters/GLTFExporter.js"
import type * as Glb from "three/addons/exporters/GLTFExporter.js";
// @ts-types="@types/three/addons/exporters/OBJExporter.js"
import type * as Obj from "three/addons/exporters/OBJExporter.js";
// @ts-types="@types/three/addons/exporters/PLYExporter.js"
import type * as Ply from "three/addons/exporters/PLYExporter.js";
import { ensureFileReader } from "./file_reader.ts";
import type { Surface } from "./surface.ts";

/** A surface as three has it, called `sample`: turned to y up, or with the axes as they are. */
async function meshOf({ positions, normals, triangles }: Surface, up: "y" | "z"): Promise<Three.Mesh> {
  const three: typeof Three = await import("three");
  const { BufferAttribute, BufferGeometry, Matrix4, Mesh, MeshStandardMaterial } = three;
  const geometry = new BufferGeometry();
  // Turning changes the arrays: the surface keeps its own.
  geometry.setAttribute("position", new BufferAttribute(positions.slice(), 3));
  geometry.setAttribute("normal", new BufferAttribute(normals.slice(), 3));
  geometry.setIndex(new BufferAttribute(triangles, 1));
  // From (x, y, z) to (x, z, -y): a rotation, so that nothing is mirrored.
  if (up === "y") geometry.applyMatrix4(new Matrix4().set(1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1));
  const material = new MeshStandardMaterial({ metalness: 0, roughness: 0.8 });
  material.color.setScalar(0.85);
  return Object.assign(new Mesh(geometry, material), { name: "sample" });
}

/**
 * A GLB file.
 *
 * @param surface The surface; of an empty one the scene is empty.
 *
 * @example
 * ```ts
 * import { encodeGlb, normalsOfTriangles } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const positions = Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0), triangles = Uint32Array.of(0, 1, 2);
 * const file = await encodeGlb({ positions, normals: normalsOfTriangles(positions, triangles), triangles });
 * assertEquals(new TextDecoder().decode(file.subarray(0, 4)), "glTF");
 * ```
 *
 * @category Files of samples
 */
export async function encodeGlb(surface: Surface): Promise<Uint8Array> {
  const { Scene }: typeof Three = await import("three");
  const { GLTFExporter }: typeof Glb = await import("three/addons/exporters/GLTFExporter.js");
  ensureFileReader();
  const scene = new Scene();
  if (surface.triangles.length > 0) scene.add(await meshOf(surface, "y"));
  const file = await new GLTFExporter().parseAsync(scene, { binary: true });
  if (!(file instanceof ArrayBuffer)) throw new TypeError("GLTFExporter gave JSON, not a binary file");
  return new Uint8Array(file);
}

/**
 * An OBJ file.
 *
 * @param surface The surface.
 *
 * @example
 * ```ts
 * import { encodeObj, normalsOfTriangles } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const positions = Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0), triangles = Uint32Array.of(0, 1, 2);
 * const file = await encodeObj({ positions, normals: normalsOfTriangles(positions, triangles), triangles });
 * assertEquals(new TextDecoder().decode(file).match(/^v /gm)?.length, 3);
 * ```
 *
 * @category Files of samples
 */
export async function encodeObj(surface: Surface): Promise<Uint8Array> {
  const { OBJExporter }: typeof Obj = await import("three/addons/exporters/OBJExporter.js");
  return new TextEncoder().encode(new OBJExporter().parse(await meshOf(surface, "y")));
}

/**
 * A binary PLY file.
 *
 * @param surface The surface.
 *
 * @example
 * ```ts
 * import { encodePly, normalsOfTriangles } from "@gasp/gasp";
 * import { assertEquals } from "@std/assert";
 *
 * const positions = Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0), triangles = Uint32Array.of(0, 1, 2);
 * const file = await encodePly({ positions, normals: normalsOfTriangles(positions, triangles), triangles });
 * assertEquals(new TextDecoder().decode(file.subarray(0, 3)), "ply");
 * ```
 *
 * @category Files of samples
 */
export async function encodePly(surface: Surface): Promise<Uint8Array> {
  const { PLYExporter }: typeof Ply = await import("three/addons/exporters/PLYExporter.js");
  // three's types ask for a callback, but that would be called in a browser's next frame; the file is the result.
  const noCallback = undefined as never, options = { binary: true, littleEndian: true } as const;
  const file = new PLYExporter().parse(await meshOf(surface, "z"), noCallback, options);
  if (file === null) throw new RangeError("PLYExporter wrote nothing: triangles need three corners each");
  return new Uint8Array(file);
}
