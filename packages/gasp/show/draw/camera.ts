/**
 * The camera for shapes and clouds.
 * @module
 */
import { mat4, vec3, vec4 } from "gl-matrix";

/**
 * Position of the camera for the box [-1, 1]³: from the left, in front and above, as in the authors' renderings. They look
 * from (1.2, 0.8, -0.6) at (0, -0.1, 0), at a box of width 1.1, with y up, the front towards -z and x to the left.
 */
const EYE = vec3.fromValues(-1.2 / 0.55, -0.6 / 0.55, 0.8 / 0.55);
const TARGET = vec3.fromValues(0, 0, -0.1 / 0.55);
const UP = vec3.fromValues(0, 0, 1);
/** Visible fraction of the box's extent: its nearest corners, which shapes rarely reach, may be cropped. */
const VISIBLE = 0.88;

/** Direction towards the light: the authors' (2, 1, 1), rotated like the camera. */
export const TO_LIGHT: Readonly<vec3> = vec3.normalize(vec3.create(), vec3.fromValues(-2, 1, 1));

/** A camera that looks at the box. */
export interface Camera {
  /** Projection from the box to clip space, column-major. */
  readonly matrix: Readonly<mat4>;
  /** Position. */
  readonly eye: Readonly<vec3>;
}

/** Returns the camera whose square image contains the box. */
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
  const angle = 2 * Math.atan(reach * VISIBLE);
  const matrix = mat4.multiply(mat4.create(), mat4.perspective(mat4.create(), angle, 1, 0.1, 10), view);
  return { matrix, eye: EYE };
}

/** A projected point. */
export interface Projected {
  /** Pixels from the left. */
  readonly x: number;
  /** Pixels from the top. */
  readonly y: number;
  /** Distance from the camera along its axis. */
  readonly depth: number;
}

/**
 * Projects a point of the box onto the image.
 *
 * @param camera Camera.
 * @param point Three coordinates.
 * @param size Height and width of the image.
 */
export function project({ matrix }: Camera, point: ArrayLike<number>, size: number): Projected {
  const [x, y, , w] = vec4.transformMat4(
    vec4.create(),
    vec4.fromValues(point[0]!, point[1]!, point[2]!, 1),
    matrix,
  );
  return { x: (x! / w! + 1) / 2 * size, y: (1 - y! / w!) / 2 * size, depth: w! };
}
