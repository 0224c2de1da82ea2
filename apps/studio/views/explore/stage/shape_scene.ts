/**
 * Shapes in a scene of three: lights, and surfaces with z up as three's with y up.
 *
 * @module
 */
// @ts-types="@types/three"
import * as three from "three";
import type { Surface } from "@gasp/gasp/show";
import type { Scene } from "./scene.ts";

/** From the axes of the model, with z up, to those of three: (x, y, z) → (x, z, -y). */
const TO_THREE = new three.Matrix4().set(1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1);

/**
 * Adds the lights in which shapes are shown.
 *
 * @param scene Scene.
 */
export function lightShapes({ scene }: Scene): void {
  const key = new three.DirectionalLight(0xfff4e6, 2.2), fill = new three.DirectionalLight(0xdfe8ff, 0.7);
  key.position.set(2, 3, 2);
  fill.position.set(-3, 1, -1);
  scene.add(new three.HemisphereLight(0xffffff, 0x8a7f70, 0.9), key, fill);
}

/**
 * Returns the material of shapes.
 *
 * @param options What differs.
 */
export function shapeMaterial(
  options: three.MeshStandardMaterialParameters = {},
): three.MeshStandardMaterial {
  return new three.MeshStandardMaterial({
    color: 0xd7c9b5,
    roughness: 0.72,
    side: three.DoubleSide,
    ...options,
  });
}

/**
 * Converts a surface.
 *
 * @param surface Surface, with z up.
 */
export function surfaceGeometry({ positions, normals, triangles }: Surface): three.BufferGeometry {
  const geometry = new three.BufferGeometry();
  // Copies, since the axes are changed in place
  geometry.setAttribute("position", new three.BufferAttribute(positions.slice(), 3));
  geometry.setAttribute("normal", new three.BufferAttribute(normals.slice(), 3));
  geometry.setIndex(new three.BufferAttribute(triangles, 1));
  return geometry.applyMatrix4(TO_THREE);
}

/**
 * Converts a point of the scene to the axes of the model.
 *
 * @param point Point.
 */
export function fromScene({ x, y, z }: three.Vector3): readonly [number, number, number] {
  return [x, -z, y];
}
