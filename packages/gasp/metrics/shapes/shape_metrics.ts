/**
 * Metrics of solid shapes: connected parts, and sets of shapes compared by points on their surfaces.
 *
 * @module
 */
import type { VolumeDisplay } from "@gasp/datasets";
import { gridSurface } from "../../show/surface/grid_surface.ts";
import { meanOf } from "../core/estimate.ts";
import type { ItemSet } from "../core/features.ts";
import { blocksOf, type Domain, type Items } from "../core/items.ts";
import type { Metric } from "../core/metric.ts";
import { chamferMatrix } from "./chamfer_matrix.ts";
import { connectedParts } from "./connected_parts.ts";
import { coverage, minimumMatchingDistance, nearestNeighbourAccuracy } from "./set_distances.ts";
import { intersectionOverUnion, surfacePoints } from "./surface_points.ts";

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
  /** Points of each surface, `[512, 3]`; `undefined` for empty shapes. */
  readonly surfaces: readonly (Float32Array | undefined)[];
  /** Whether each node is inside. */
  readonly insides: readonly Int8Array[];
}

async function shapeSet(items: Items, resolution: number): Promise<ShapeSet> {
  const surfaces: (Float32Array | undefined)[] = [], insides: Int8Array[] = [];
  for await (const values of shapesOf({ ...items, count: Math.min(SHAPES, items.count) })) {
    surfaces.push(surfacePoints(gridSurface(values, resolution), POINTS, surfaces.length)?.points);
    insides.push(Int8Array.from(values, (value) => value > 0 ? 1 : 0));
  }
  return { surfaces, insides };
}

/** Sets of shapes compared by the Chamfer distance, and the IoU of each real shape with the most similar sample. */
export const shapes: Metric = {
  name: "shapes",
  summary:
    "Minimum matching distance, coverage and 1-NN accuracy by the Chamfer distance; IoU with the best match",
  source: "Achlioptas et al. 2018; Yang et al. 2019 (PointFlow)",
  values: [
    { name: "mmd-chamfer", direction: "lower" },
    { name: "coverage-chamfer", direction: "higher" },
    { name: "1-nn-chamfer", direction: "real" },
    { name: "iou", direction: "higher" },
  ],
  isDefault: true,
  unsuited: solid,
  async prepare(reference, { domain, device }) {
    const { resolution } = domain.display as VolumeDisplay;
    const real = await shapeSet(reference.items, resolution);
    const amongReference = await chamferMatrix(real.surfaces, real.surfaces, POINTS, device);
    return {
      protocol: { points: POINTS, shapesOfEachSet: real.surfaces.length, resolution },
      async compare(candidate) {
        const samples = await shapeSet(candidate.items, resolution);
        const distances = {
          reference: real.surfaces.length,
          samples: samples.surfaces.length,
          across: await chamferMatrix(real.surfaces, samples.surfaces, POINTS, device),
          amongReference,
          amongSamples: await chamferMatrix(samples.surfaces, samples.surfaces, POINTS, device),
        };
        const best = real.insides.map((shape) =>
          samples.insides.reduce((most, other) => Math.max(most, intersectionOverUnion(shape, other)), 0)
        );
        return {
          "mmd-chamfer": minimumMatchingDistance(distances),
          "coverage-chamfer": coverage(distances),
          "1-nn-chamfer": nearestNeighbourAccuracy(distances),
          iou: meanOf(best),
        };
      },
    };
  },
};
