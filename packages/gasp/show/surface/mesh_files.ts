/**
 * Mesh files, written by three's exporters: GLB (binary glTF 2.0), Wavefront OBJ and binary PLY. GLB and OBJ files have y up,
 * as their readers expect, and the front towards z; PLY files keep GASP's axes, with z up. three is imported on first use.
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

/** Converts a surface to a three mesh named `sample`, rotated to y up or with the original axes. */
async function meshOf({ positions, normals, triangles }: Surface, up: "y" | "z"): Promise<Three.Mesh> {
  const three: typeof Three = await import("three");
  const { BufferAttribute, BufferGeometry, Matrix4, Mesh, MeshStandardMaterial } = three;
  const geometry = new BufferGeometry();
  // Rotation modifies the arrays in place, so copy them
  geometry.setAttribute("position", new BufferAttribute(positions.slice(), 3));
  geometry.setAttribute("normal", new BufferAttribute(normals.slice(), 3));
  geometry.setIndex(new BufferAttribute(triangles, 1));
  // (x, y, z) → (x, z, -y), a rotation, so that nothing is mirrored
  if (up === "y") geometry.applyMatrix4(new Matrix4().set(1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1));
  const material = new MeshStandardMaterial({ metalness: 0, roughness: 0.8 });
  material.color.setScalar(0.85);
  return Object.assign(new Mesh(geometry, material), { name: "sample" });
}

/**
 * Encodes a surface as a GLB file.
 *
 * @param surface Surface; an empty one results in an empty scene.
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
  if (!(file instanceof ArrayBuffer)) throw new TypeError("GLTFExporter returned JSON, not a binary file");
  return new Uint8Array(file);
}

/**
 * Encodes a surface as an OBJ file.
 *
 * @param surface Surface.
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
 * Encodes a surface as a binary PLY file.
 *
 * @param surface Surface.
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
  // three's types require a callback, which is called in a browser's next frame; the file is also returned
  const noCallback = undefined as never, options = { binary: true, littleEndian: true } as const;
  const file = new PLYExporter().parse(await meshOf(surface, "z"), noCallback, options);
  if (file === null) throw new RangeError("PLYExporter wrote nothing: triangles need three corners each");
  return new Uint8Array(file);
}
