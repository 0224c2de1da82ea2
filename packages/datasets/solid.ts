/**
 * Solids as unions of simple parts, known at every point of the box [-1, 1]³ and so at any resolution.
 *
 * @module
 */

/** A region of space. */
export interface SolidPart {
  /** A box around it: lowest and highest x, y and z. */
  readonly bounds: readonly [number, number, number, number, number, number];
  /** Whether a point of that box is in it; absent where all are. */
  readonly inside?: (x: number, y: number, z: number) => boolean;
}

/** The points that are in at least one of the parts. */
export type Solid = readonly SolidPart[];

/**
 * Whether a point is inside a solid.
 *
 * @param solid Its parts.
 * @param x First coordinate.
 * @param y Second coordinate.
 * @param z Third coordinate.
 * @returns True inside, boundary included.
 */
export function insideSolid(solid: Solid, x: number, y: number, z: number): boolean {
  return solid.some(({ bounds: [x0, x1, y0, y1, z0, z1], inside }) =>
    x >= x0 && x <= x1 && y >= y0 && y <= y1 && z >= z0 && z <= z1 && (inside?.(x, y, z) ?? true)
  );
}

/** A solid at the points `start + i · step` of a cubic lattice, 1 inside, `[x, y, z]`. */
function sampled(solid: Solid, points: number, start: number, step: number): Uint8Array {
  const samples = new Uint8Array(points ** 3);
  // A little wider than the bounds, so that rounding loses no point: parts are asked about their own boundary.
  const from = (low: number) => Math.max(0, Math.ceil((low - start) / step - 1e-9));
  const to = (high: number) => Math.min(points - 1, Math.floor((high - start) / step + 1e-9));
  for (const { bounds, inside } of solid) {
    const [x0, x1, y0, y1, z0, z1] = bounds;
    const firstZ = from(z0), lastX = to(x1), lastY = to(y1), lastZ = to(z1);
    for (let x = from(x0); x <= lastX; x++) {
      for (let y = from(y0); y <= lastY; y++) {
        const column = (x * points + y) * points;
        if (!inside) {
          samples.fill(1, column + firstZ, column + Math.max(firstZ, lastZ + 1));
          continue;
        }
        for (let z = firstZ; z <= lastZ; z++) {
          if (samples[column + z] === 0 && inside(start + x * step, start + y * step, start + z * step)) {
            samples[column + z] = 1;
          }
        }
      }
    }
  }
  return samples;
}

/**
 * A solid on the grid of `gridCoordinates`. A voxel is inside if its point is, or at least half of the 2³ samples a quarter
 * of a step around it: sheets thinner than a step stay, and bars as thick as a step.
 *
 * @param solid Its parts.
 * @param resolution Points along each axis, at least 2.
 * @returns 1 inside and 0 outside, `[x, y, z]`.
 * @throws {RangeError} If the resolution is not a whole number above 1.
 */
export function solidVoxels(solid: Solid, resolution: number): Uint8Array {
  if (!Number.isInteger(resolution) || resolution < 2) {
    throw new RangeError(`Solids need a whole resolution above 1, got ${resolution}.`);
  }
  const step = 2 / (resolution - 1), fine = 2 * resolution;
  const voxels = sampled(solid, resolution, -1, step);
  const samples = sampled(solid, fine, -1 - step / 4, step / 2);
  for (let x = 0, at = 0; x < resolution; x++) {
    for (let y = 0; y < resolution; y++) {
      const a = (2 * x * fine + 2 * y) * fine, b = a + fine, c = a + fine * fine, d = c + fine;
      for (let z = 0; z < fine; z += 2, at++) {
        const hits = samples[a + z]! + samples[a + z + 1]! + samples[b + z]! + samples[b + z + 1]! +
          samples[c + z]! + samples[c + z + 1]! + samples[d + z]! + samples[d + z + 1]!;
        if (hits >= 4) voxels[at] = 1;
      }
    }
  }
  return voxels;
}
