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

function checkResolution(resolution: number): void {
  if (!Number.isInteger(resolution) || resolution < 2) {
    throw new RangeError(`Solids need a whole resolution above 1, got ${resolution}.`);
  }
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
  checkResolution(resolution);
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

/** Samples for each step of the grid, from which distances are taken. */
const SAMPLES_PER_STEP = 3;

/**
 * How deep the points of a grid are inside a solid: their distance to its surface, positive inside and negative outside,
 * as a share of `reach` and at most 1 either way. Unlike voxels it tells apart bars of different thickness, and where
 * between two points a surface lies. Distances are between samples, three to a step of the grid, and so exact to
 * half of the diagonal of a cell of samples.
 *
 * @param solid Its parts.
 * @param resolution Points along each axis, at least 2.
 * @param reach Distance from which on a point counts as far inside or outside; above 0, at most 2.
 * @returns Shares in [-1, 1], `[x, y, z]`.
 * @throws {RangeError} If the resolution is not a whole number above 1, or the reach is out of range.
 */
export function solidDepths(solid: Solid, resolution: number, reach: number): Float32Array {
  checkResolution(resolution);
  if (!(reach > 0 && reach <= 2)) {
    throw new RangeError(`Depths reach more than 0 and at most 2 far, got ${reach}.`);
  }
  const fine = SAMPLES_PER_STEP * resolution, spacing = 2 / (resolution - 1) / SAMPLES_PER_STEP;
  const samples = sampled(solid, fine, -1 - spacing * (SAMPLES_PER_STEP - 1) / 2, spacing);
  const radius = Math.ceil(reach / spacing + 0.5);
  const toOutside = squaredDistances(samples, 0, resolution, radius);
  const toInside = squaredDistances(samples, 1, resolution, radius);
  // The surface is half way between the last sample on one side and the first on the other.
  return toOutside.map((squared, i) => {
    const distance = squared > 0 ? Math.sqrt(squared) - 0.5 : 0.5 - Math.sqrt(toInside[i]!);
    return Math.max(-1, Math.min(1, distance * spacing / reach));
  });
}

/**
 * Bytes that {@link solidDepths} allocates at its peak, the result included.
 *
 * @param resolution Points along each axis.
 */
export function depthBytes(resolution: number): number {
  const fine = SAMPLES_PER_STEP * resolution;
  // Samples and their distances, those after the first axis, and two results.
  return 5 * fine ** 3 + 4 * fine ** 2 * resolution + 8 * resolution ** 3;
}

/**
 * Bytes that {@link solidVoxels} allocates, the result included.
 *
 * @param resolution Points along each axis.
 */
export function voxelBytes(resolution: number): number {
  return 9 * resolution ** 3;
}

/**
 * Squares of the distances from the points of a grid to the nearest sample of a kind, in spacings of samples. Those
 * beyond a cube of `radius` samples are only known to be larger.
 *
 * @param samples `[x, y, z]`, {@link SAMPLES_PER_STEP} along each axis for each point.
 */
function squaredDistances(
  samples: Uint8Array,
  kind: number,
  resolution: number,
  radius: number,
): Float32Array {
  const fine = SAMPLES_PER_STEP * resolution, middle = (SAMPLES_PER_STEP - 1) / 2;
  let source = new Float32Array(samples.length);
  for (let i = 0; i < samples.length; i++) source[i] = samples[i] === kind ? 0 : Infinity;
  // One axis after the other, from the innermost; each leaves only the samples that are points of the grid.
  for (let inner = 1, outer = fine * fine; outer >= 1; inner *= resolution, outer /= fine) {
    const nearest = new Float32Array(outer * resolution * inner).fill(Infinity);
    for (let block = 0, at = 0; block < outer; block++) {
      for (let own = middle; own < fine; own += SAMPLES_PER_STEP, at += inner) {
        const last = Math.min(fine - 1, own + radius);
        for (let sample = Math.max(0, own - radius); sample <= last; sample++) {
          const along = (sample - own) * (sample - own), from = (block * fine + sample) * inner;
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
