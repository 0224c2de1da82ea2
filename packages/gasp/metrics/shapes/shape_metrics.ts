/**
 * Metrics of solid shapes: connected parts, and sets of shapes compared by points on their surfaces.
 *
 * @module
 */
import type { VolumeDisplay } from "@gasp/datasets";
import type { Device } from "@gasp/tensor";
import { gridSurface } from "../../show/surface/grid_surface.ts";
import { meanOf } from "../core/estimate.ts";
import type { ItemSet } from "../core/features.ts";
import { blocksOf, type Domain, type Items } from "../core/items.ts";
import type { Metric } from "../core/metric.ts";
import { chamferMatrix } from "./chamfer_matrix.ts";
import { connectedParts } from "./connected_parts.ts";
import { coverage, minimumMatchingDistance, nearest, nearestNeighbourAccuracy } from "./set_distances.ts";
import {
  intersectionOverUnion,
  surfaceDistance,
  type SurfacePoints,
  surfacePoints,
} from "./surface_points.ts";

const solid = ({ display }: Domain) => display.kind === "volume" ? undefined : "solid shapes";

async function* shapesOf(items: Items): AsyncGenerator<Float32Array> {
  for await (const { count, values } of blocksOf(items)) {
    for (let i = 0; i < count; i++) yield values.subarray(i * items.size, (i + 1) * items.size);
  }
}

/** Number of connected parts, share of shapes in one piece, and share of a shape's volume in its largest part. */
export const parts: Metric = {
  name: "parts",
  summary:
    "Number of connected parts of a shape, share of shapes in one piece, share of volume in the largest part",
  source: "Rosenfeld & Pfaltz 1966, Sequential Operations in Digital Picture Processing",
  values: ["parts", "one-piece", "largest-part"].map((name) => ({ name, direction: "real" as const })),
  isDefault: true,
  unsuited: solid,
  prepare(_reference, { domain }) {
    const { resolution } = domain.display as VolumeDisplay;
    return Promise.resolve({
      protocol: { neighbours: 6, resolution },
      async compare(candidate: ItemSet) {
        const counts: number[] = [], shares: number[] = [];
        for await (const values of shapesOf(candidate.items)) {
          const sizes = connectedParts(values, resolution);
          counts.push(sizes.length);
          shares.push((sizes[0] ?? 0) / Math.max(1, sizes.reduce((sum, size) => sum + size, 0)));
        }
        return {
          parts: meanOf(counts),
          "one-piece": meanOf(counts.map((count) => count === 1 ? 1 : 0)),
          "largest-part": meanOf(shares),
        };
      },
    });
  },
};

/** Largest number of shapes of a set that are compared pair by pair. */
const SHAPES = 128;
/** Points per surface. */
const POINTS = 512;

/** Shapes prepared for comparison. */
interface ShapeSet {
  /** Points of each surface; `undefined` for empty shapes. */
  readonly surfaces: readonly (SurfacePoints | undefined)[];
  /** Whether each node is inside. */
  readonly insides: readonly Int8Array[];
}

async function shapeSet(items: Items, resolution: number): Promise<ShapeSet> {
  const surfaces: (SurfacePoints | undefined)[] = [], insides: Int8Array[] = [];
  for await (const values of shapesOf({ ...items, count: Math.min(SHAPES, items.count) })) {
    surfaces.push(surfacePoints(gridSurface(values, resolution), POINTS, surfaces.length));
    insides.push(Int8Array.from(values, (value) => value > 0 ? 1 : 0));
  }
  return { surfaces, insides };
}

/** Normal consistency of each real shape with the sample that is nearest by the Chamfer distance; 0 beside empty ones. */
async function consistencies(
  real: ShapeSet,
  samples: ShapeSet,
  across: ArrayLike<number>,
  device: Device,
): Promise<number[]> {
  const count = samples.surfaces.length, found: number[] = [];
  for (const [i, surface] of real.surfaces.entries()) {
    const sample = samples.surfaces[nearest(count, (j) => across[i * count + j]!)];
    found.push(surface && sample ? (await surfaceDistance(surface, sample, device)).normalConsistency : 0);
  }
  return found;
}

/**
 * Sets of shapes compared by the Chamfer distance; the normal consistency and the IoU of each real shape with the most similar
 * sample.
 */
export const shapes: Metric = {
  name: "shapes",
  summary:
    "Minimum matching distance, coverage and 1-NN accuracy by the Chamfer distance; normal consistency and IoU with the best match",
  source: "Achlioptas et al. 2018; Yang et al. 2019 (PointFlow); Mescheder et al. 2019",
  values: [
    { name: "mmd-chamfer", direction: "lower" },
    { name: "coverage-chamfer", direction: "higher" },
    { name: "1-nn-chamfer", direction: "real" },
    { name: "normal-consistency", direction: "higher" },
    { name: "iou", direction: "higher" },
  ],
  isDefault: true,
  unsuited: solid,
  async prepare(reference, { domain, device }) {
    const { resolution } = domain.display as VolumeDisplay;
    const real = await shapeSet(reference.items, resolution);
    const chamfer = (a: ShapeSet, b: ShapeSet) => {
      const points = (set: ShapeSet) => set.surfaces.map((surface) => surface?.points);
      const first = points(a);
      return chamferMatrix(first, a === b ? first : points(b), POINTS, device);
    };
    const amongReference = await chamfer(real, real);
    return {
      protocol: { points: POINTS, shapesOfEachSet: real.surfaces.length, resolution },
      async compare(candidate) {
        const samples = await shapeSet(candidate.items, resolution);
        const distances = {
          reference: real.surfaces.length,
          samples: samples.surfaces.length,
          across: await chamfer(real, samples),
          amongReference,
          amongSamples: await chamfer(samples, samples),
        };
        const best = real.insides.map((shape) =>
          samples.insides.reduce((most, other) => Math.max(most, intersectionOverUnion(shape, other)), 0)
        );
        return {
          "mmd-chamfer": minimumMatchingDistance(distances),
          "coverage-chamfer": coverage(distances),
          "1-nn-chamfer": nearestNeighbourAccuracy(distances),
          "normal-consistency": meanOf(await consistencies(real, samples, distances.across, device)),
          iou: meanOf(best),
        };
      },
    };
  },
};
