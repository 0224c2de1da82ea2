/**
 * Precision, recall, density and coverage: the manifold of a set is the union of balls around its members, each as large as
 * the distance to the member's k-th neighbour. Precision and recall: Kynkäänniemi et al., Improved Precision and Recall
 * Metric for Assessing Generative Models, 2019 (equation 2). Density and coverage: Naeem et al., Reliable Fidelity and
 * Diversity Metrics for Generative Models, 2020 (section 3).
 *
 * @module
 */
import { countCovering, nearestRows, type Rows } from "@gasp/pointconv";
import type { Device } from "@gasp/tensor";
import { type Estimate, meanOf } from "../core/estimate.ts";
import { anyData, type Metric } from "../core/metric.ts";

/** Number of neighbours that spans the balls; 5 in Naeem et al. */
const NEIGHBOURS = 5;

/** The manifold of a set. */
export interface Manifold {
  /** Members. */
  readonly rows: Rows;
  /** Distance of each member to its k-th neighbour, itself excluded. */
  readonly radii: Float64Array;
  /** k. */
  readonly neighbours: number;
}

/**
 * Computes the manifold of a set.
 *
 * @param rows Members, more than `neighbours`.
 * @param neighbours Number of neighbours.
 * @param device Device.
 * @throws {RangeError} If there are too few members.
 */
export async function manifoldOf(rows: Rows, neighbours: number, device: Device): Promise<Manifold> {
  const { distances } = await nearestRows(rows, rows, { k: neighbours, device, excludeSelf: true });
  const radii = Float64Array.from(
    { length: distances.length / neighbours },
    (_, i) => distances[(i + 1) * neighbours - 1]!,
  );
  return { rows, radii, neighbours };
}

/** Precision, recall, density and coverage. */
export interface ManifoldScores {
  /** Share of samples in the manifold of real items. */
  readonly precision: Estimate;
  /** Share of real items in the manifold of samples. */
  readonly recall: Estimate;
  /** Mean number of real balls that contain a sample, over k. */
  readonly density: Estimate;
  /** Share of real balls that contain a sample. */
  readonly coverage: Estimate;
}

/**
 * Compares two manifolds. Intervals are those of means over the samples (precision, density) or over the real items
 * (recall, coverage), the manifolds fixed: a resampled manifold has members at distance 0 of each other.
 *
 * @param real Manifold of real items.
 * @param generated Manifold of samples.
 * @param device Device.
 */
export async function compareManifolds(
  real: Manifold,
  generated: Manifold,
  device: Device,
): Promise<ManifoldScores> {
  const inReal = await countCovering(real.rows, real.radii, generated.rows, device);
  const inGenerated = await countCovering(generated.rows, generated.radii, real.rows, device);
  const nearest = await nearestRows(generated.rows, real.rows, { k: 1, device });
  return {
    precision: meanOf(Float64Array.from(inReal, (count) => count > 0 ? 1 : 0)),
    recall: meanOf(Float64Array.from(inGenerated, (count) => count > 0 ? 1 : 0)),
    density: meanOf(Float64Array.from(inReal, (count) => count / real.neighbours)),
    coverage: meanOf(nearest.distances.map((distance, i) => distance <= real.radii[i]! ? 1 : 0)),
  };
}

/** Precision, recall, density and coverage in the chosen features. */
export const manifold: Metric = {
  name: "manifold",
  summary: "Precision, recall, density and coverage of 5-nearest-neighbour manifolds",
  source: "Kynkäänniemi et al. 2019; Naeem et al. 2020",
  values: ["precision", "recall", "density", "coverage"].map((name) => ({
    name,
    direction: "higher" as const,
  })),
  isDefault: true,
  unsuited: anyData,
  async prepare(reference, { features, open, device }) {
    const space = await open(features);
    const real = await manifoldOf(await reference.features(space), NEIGHBOURS, device);
    return {
      protocol: { features: space.name, neighbours: NEIGHBOURS },
      async compare(candidate) {
        const samples = await manifoldOf(await candidate.features(space), NEIGHBOURS, device);
        return { ...await compareManifolds(real, samples, device) };
      },
    };
  },
};
