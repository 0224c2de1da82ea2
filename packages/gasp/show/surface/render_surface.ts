/**
 * Pictures of surfaces, drawn on the processor: triangles with a depth buffer, normals that turn smoothly, four samples
 * for each pixel.
 * @module
 */
import type { RasterImage } from "../../image/mod.ts";
import { boxCamera, type Camera, project, TO_LIGHT } from "../draw/camera.ts";
import type { Surface } from "./surface.ts";

/** Grey of the shapes. */
const GREY = 0.85;
/** Parts of the light: from all sides, from the lamp, from the camera. */
const AMBIENT = 0.3, LAMP = 0.55, HEADLIGHT = 0.3;
/** Samples along each side of a pixel. */
const SAMPLES = 2;
const PAPER = 255;

/**
 * A surface in the light, on white.
 *
 * @param surface In the box [-1, 1]³.
 * @param size Height and width of the picture.
 *
 * @example
 * ```ts
 * import { normalsOfTriangles, renderSurface } from "@gasp/gasp";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const positions = Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1);
 * const triangles = Uint32Array.of(0, 2, 1, 0, 1, 3, 1, 2, 3, 2, 0, 3);
 * const surface = { positions, normals: normalsOfTriangles(positions, triangles), triangles };
 * const { height, width, pixels } = renderSurface(surface, 32);
 * assertEquals([height, width], [32, 32]);
 * assert(new Set(pixels).size > 2);
 * ```
 *
 * @category Files of samples
 */
export function renderSurface(surface: Surface, size: number): RasterImage {
  const fine = size * SAMPLES, camera = boxCamera();
  const vertices = placeVertices(surface, camera, fine);
  const nearness = new Float32Array(fine * fine), light = new Float32Array(fine * fine).fill(PAPER);
  for (let i = 0; i < surface.triangles.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((corner) => STRIDE * surface.triangles[i + corner]!);
    const lid = lidNormal(surface.positions, surface.triangles.subarray(i, i + 3));
    drawTriangle(vertices, [a!, b!, c!], { size: fine, nearness, light, lid });
  }
  const pixels = new Uint8ClampedArray(size * size);
  for (let row = 0, pixel = 0; row < fine; row += SAMPLES) {
    for (let column = 0; column < fine; column += SAMPLES) pixels[pixel++] = meanOf(light, fine, row, column);
  }
  return { height: size, width: size, channels: 1, pixels };
}

/** The normal of a triangle that lies on the border of the box, so that flat lids look flat up to their edges. */
function lidNormal(positions: Float32Array, corners: Uint32Array): readonly number[] | undefined {
  for (let axis = 0; axis < 3; axis++) {
    const place = positions[3 * corners[0]! + axis]!;
    if (Math.abs(place) !== 1) continue;
    if (positions[3 * corners[1]! + axis] !== place || positions[3 * corners[2]! + axis] !== place) continue;
    return [0, 1, 2].map((i) => i === axis ? place : 0);
  }
  return undefined;
}

/** The mean over the samples of a pixel. */
function meanOf(light: Float32Array, width: number, row: number, column: number): number {
  let sum = 0;
  for (let y = row; y < row + SAMPLES; y++) {
    for (let x = column; x < column + SAMPLES; x++) sum += light[y * width + x]!;
  }
  return sum / SAMPLES ** 2;
}

/** Numbers of a vertex: x, y, 1 / depth, then normal and direction to the eye. */
const STRIDE = 9;

function placeVertices({ positions, normals }: Surface, camera: Camera, size: number): Float32Array {
  const vertices = new Float32Array(positions.length * STRIDE / 3);
  for (let i = 0, at = 0; i < positions.length; i += 3, at += STRIDE) {
    const point = positions.subarray(i, i + 3), { x, y, depth } = project(camera, point, size);
    vertices.set([x, y, 1 / depth], at);
    vertices.set(normals.subarray(i, i + 3), at + 3);
    const { eye } = camera;
    vertices.set([eye[0] - point[0]!, eye[1] - point[1]!, eye[2] - point[2]!], at + 6);
  }
  return vertices;
}

interface Target {
  readonly size: number;
  /** 1 / depth of what is seen, 0 where nothing is. */
  readonly nearness: Float32Array;
  readonly light: Float32Array;
  /** The normal of the whole triangle, instead of those of its corners. */
  readonly lid: readonly number[] | undefined;
}

function drawTriangle(
  vertices: Float32Array,
  [a, b, c]: readonly [number, number, number],
  { size, nearness, light, lid }: Target,
): void {
  const ax = vertices[a]!, ay = vertices[a + 1]!, bx = vertices[b]!, by = vertices[b + 1]!;
  const cx = vertices[c]!, cy = vertices[c + 1]!;
  const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
  if (area === 0) return;
  const top = Math.max(0, Math.ceil(Math.min(ay, by, cy) - 0.5));
  const bottom = Math.min(size - 1, Math.floor(Math.max(ay, by, cy) - 0.5));
  const left = Math.max(0, Math.ceil(Math.min(ax, bx, cx) - 0.5));
  const right = Math.min(size - 1, Math.floor(Math.max(ax, bx, cx) - 0.5));
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const x = column + 0.5, y = row + 0.5;
      const ofB = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area;
      const ofC = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area;
      const ofA = 1 - ofB - ofC;
      if (ofA < 0 || ofB < 0 || ofC < 0) continue;
      // 1 / depth is linear on the picture; other quantities are once they are multiplied by it.
      const na = ofA * vertices[a + 2]!, nb = ofB * vertices[b + 2]!, nc = ofC * vertices[c + 2]!;
      const pixel = row * size + column;
      if (na + nb + nc <= nearness[pixel]!) continue;
      nearness[pixel] = na + nb + nc;
      light[pixel] = shade(vertices, a, na, b, nb, c, nc, lid);
    }
  }
}

/** Brightness from 0 to 255 of a mixture of three vertices. */
function shade(
  vertices: Float32Array,
  a: number,
  na: number,
  b: number,
  nb: number,
  c: number,
  nc: number,
  lid: readonly number[] | undefined,
): number {
  const mix = (i: number) => na * vertices[a + i]! + nb * vertices[b + i]! + nc * vertices[c + i]!;
  const [x, y, z] = lid ? [lid[0]!, lid[1]!, lid[2]!] : [mix(3), mix(4), mix(5)];
  const ex = mix(6), ey = mix(7), ez = mix(8);
  const length = Math.sqrt(x * x + y * y + z * z) || 1, distance = Math.sqrt(ex * ex + ey * ey + ez * ez);
  const lamp = (x * TO_LIGHT[0] + y * TO_LIGHT[1] + z * TO_LIGHT[2]) / length;
  const headlight = (x * ex + y * ey + z * ez) / (length * distance);
  return PAPER * GREY * (AMBIENT + LAMP * Math.max(0, lamp) + HEADLIGHT * Math.max(0, headlight));
}
