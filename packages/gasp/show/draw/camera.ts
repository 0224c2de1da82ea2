/**
 * The view of the box that all shapes and clouds share.
 * @module
 */
import { mat4, vec3, vec4 } from "gl-matrix";

/**
 * Where the camera is, for the box [-1, 1]³: from the left, in front and above, as the paper's authors look at shapes.
 * They look from (1.2, 0.8, -0.6) at (0, -0.1, 0) at a box 1.1 wide, with y up and the front towards -z and x to the
 * left.
 */
const EYE = vec3.fromValues(-1.2 / 0.55, -0.6 / 0.55, 0.8 / 0.55);
const TARGET = vec3.fromValues(0, 0, -0.1 / 0.55);
const UP = vec3.fromValues(0, 0, 1);
/** Part of the box's reach that the picture holds: its nearest corners, where shapes hardly ever are, may be cut off. */
const HELD = 0.88;

/** Direction of the light, turned from the authors' (2, 1, 1) as the eye is. */
export const TO_LIGHT: Readonly<vec3> = vec3.normalize(vec3.create(), vec3.fromValues(-2, 1, 1));

/** A camera that looks at the box. */
export interface Camera {
  /** From the box to clip space, column by column. */
  readonly matrix: Readonly<mat4>;
  /** Where it is. */
  readonly eye: Readonly<vec3>;
}

/** The camera whose square picture holds the box. */
export function boxCamera(): Camera {
  const view = mat4.lookAt(mat4.create(), EYE, TARGET, UP);
  let reach = 0;
  for (let corner = 0; corner < 8; corner++) {
    const [x, y, z] = vec4.transformMat4(
      vec4.create(),
      vec4.fromValues((corner & 1) * 2 - 1, (corner & 2) - 1, (corner >> 2) * 2 - 1, 1),
      view,
    );
    reach = Math.max(reach, Math.abs(x! / z!), Math.abs(y! / z!));
  }
  const angle = 2 * Math.atan(reach * HELD);
  const matrix = mat4.multiply(mat4.create(), mat4.perspective(mat4.create(), angle, 1, 0.1, 10), view);
  return { matrix, eye: EYE };
}

/** A point on a square picture. */
export interface Projected {
  /** From the left, in pixels. */
  readonly x: number;
  /** From the top, in pixels. */
  readonly y: number;
  /** Distance from the camera along its axis. */
  readonly depth: number;
}

/**
 * Where a point of the box is seen.
 *
 * @param camera The camera.
 * @param point Three coordinates.
 * @param size Height and width of the picture.
 */
export function project({ matrix }: Camera, point: ArrayLike<number>, size: number): Projected {
  const [x, y, , w] = vec4.transformMat4(
    vec4.create(),
    vec4.fromValues(point[0]!, point[1]!, point[2]!, 1),
    matrix,
  );
  return { x: (x! / w! + 1) / 2 * size, y: (1 - y! / w!) / 2 * size, depth: w! };
}
