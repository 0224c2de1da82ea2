/**
 * Solids as unions of simple parts in the box [-1, 1]³, and their sampling at any resolution.
 *
 * @module
 */

/** A region of space. */
export interface SolidPart {
  /** Bounding box: lowest and highest x, y and z. */
  readonly bounds: readonly [number, number, number, number, number, number];
  /** Whether a point of the bounding box is inside; absent if all are. */
  readonly inside?: (x: number, y: number, z: number) => boolean;
}

/** A union of parts. */
export type Solid = readonly SolidPart[];

/**
 * Tests whether a point is inside a solid.
 *
 * @param solid Solid.
 * @param x First coordinate.
 * @param y Second coordinate.
 * @param z Third coordinate.
 * @returns True inside, boundary included.
 */
export function isInsideSolid(solid: Solid, x: number, y: number, z: number): boolean {
  return solid.some(({ bounds: [x0, x1, y0, y1, z0, z1], inside }) =>
    x >= x0 && x <= x1 && y >= y0 && y <= y1 && z >= z0 && z <= z1 && (inside?.(x, y, z) ?? true)
  );
}

/** Samples a solid at the points `start + i · step` of a cubic lattice: 1 inside, `[x, y, z]`. */
function sampleSolid(solid: Solid, points: number, start: number, step: number): Uint8Array {
  const samples = new Uint8Array(points ** 3);
  // Slightly wider than the bounds, so that rounding excludes no point; parts decide about their own boundary.
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

function checkResolution(resolution: number): void {
  if (!Number.isInteger(resolution) || resolution < 2) {
    throw new RangeError(`The resolution must be an integer above 1, got ${resolution}.`);
  }
}

/**
 * Samples a solid on the grid of `gridCoordinates`. A voxel is inside if its point is, or if at least half of the 2³ samples
 * a quarter of a step around it are, which preserves sheets thinner than a step and bars as thick as a step.
 *
 * @param solid Solid.
 * @param resolution Points along each axis, at least 2.
 * @returns 1 inside, 0 outside, `[x, y, z]`.
 * @throws {RangeError} If the resolution is not an integer above 1.
 */
export function solidVoxels(solid: Solid, resolution: number): Uint8Array {
  checkResolution(resolution);
  const step = 2 / (resolution - 1), fine = 2 * resolution;
  const voxels = sampleSolid(solid, resolution, -1, step);
  const samples = sampleSolid(solid, fine, -1 - step / 4, step / 2);
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

/** Samples per grid step along each axis, from which distances are computed. */
const SAMPLES_PER_STEP = 3;

/**
 * Computes the truncated signed distances of grid points to the surface of a solid, positive inside, divided by the
 * truncation distance. Unlike voxels, they distinguish bars of different thickness and locate the surface between points.
 * Distances are measured between samples, three per grid step, and so exact to half the diagonal of a cell of samples.
 *
 * @param solid Solid.
 * @param resolution Points along each axis, at least 2.
 * @param truncation Truncation distance, above 0 and at most 2.
 * @returns Values in [-1, 1], `[x, y, z]`.
 * @throws {RangeError} If the resolution is not an integer above 1, or the truncation distance is out of range.
 */
export function truncatedDistances(solid: Solid, resolution: number, truncation: number): Float32Array {
  checkResolution(resolution);
  if (!(truncation > 0 && truncation <= 2)) {
    throw new RangeError(`The truncation distance must be above 0 and at most 2, got ${truncation}.`);
  }
  const fine = SAMPLES_PER_STEP * resolution, spacing = 2 / (resolution - 1) / SAMPLES_PER_STEP;
  const samples = sampleSolid(solid, fine, -1 - spacing * (SAMPLES_PER_STEP - 1) / 2, spacing);
  const radius = Math.ceil(truncation / spacing + 0.5);
  const toOutside = squaredDistances(samples, 0, resolution, radius);
  const toInside = squaredDistances(samples, 1, resolution, radius);
  // The surface is halfway between the last sample on one side and the first on the other.
  return toOutside.map((squared, i) => {
    const distance = squared > 0 ? Math.sqrt(squared) - 0.5 : 0.5 - Math.sqrt(toInside[i]!);
    return Math.max(-1, Math.min(1, distance * spacing / truncation));
  });
}

/**
 * Returns the peak bytes that {@link truncatedDistances} allocates, including the result.
 *
 * @param resolution Points along each axis.
 */
export function distanceBytes(resolution: number): number {
  const fine = SAMPLES_PER_STEP * resolution;
  // Samples and their distances, distances after the first axis, and two results.
  return 5 * fine ** 3 + 4 * fine ** 2 * resolution + 8 * resolution ** 3;
}

/**
 * Returns the bytes that {@link solidVoxels} allocates, including the result.
 *
 * @param resolution Points along each axis.
 */
export function voxelBytes(resolution: number): number {
  return 9 * resolution ** 3;
}

/**
 * Computes the squared distances, in sample spacings, from grid points to the nearest sample equal to `value`. Distances
 * beyond a cube of `radius` samples are upper bounds.
 *
 * @param samples Samples `[x, y, z]`, {@link SAMPLES_PER_STEP} per grid point along each axis.
 */
function squaredDistances(
  samples: Uint8Array,
  value: number,
  resolution: number,
  radius: number,
): Float32Array {
  const fine = SAMPLES_PER_STEP * resolution, middle = (SAMPLES_PER_STEP - 1) / 2;
  let source = new Float32Array(samples.length);
  for (let i = 0; i < samples.length; i++) source[i] = samples[i] === value ? 0 : Infinity;
  // Separable: one axis after another, from the innermost. Each pass leaves only samples at grid points along its axis.
  for (let inner = 1, outer = fine * fine; outer >= 1; inner *= resolution, outer /= fine) {
    const nearest = new Float32Array(outer * resolution * inner).fill(Infinity);
    for (let block = 0, at = 0; block < outer; block++) {
      for (let centre = middle; centre < fine; centre += SAMPLES_PER_STEP, at += inner) {
        const last = Math.min(fine - 1, centre + radius);
        for (let sample = Math.max(0, centre - radius); sample <= last; sample++) {
          const along = (sample - centre) * (sample - centre), from = (block * fine + sample) * inner;
          for (let i = 0; i < inner; i++) {
            const squared = source[from + i]! + along;
            if (squared < nearest[at + i]!) nearest[at + i] = squared;
          }
        }
      }
    }
    source = nearest;
  }
  return source;
}
