/**
 * Memory of a batch.
 *
 * @module
 */
import { type MemoryParameter, requireMemory } from "@gasp/tensor";
import type { Dataset } from "./dataset.ts";
import { atResolution, gridPoints, resolutionOf } from "./display.ts";

/**
 * Throws unless a batch fits in memory.
 *
 * @param dataset Data set.
 * @param batchSize Number of items.
 * @param dim Numbers per point: features, or coordinates.
 * @throws {MemoryError} If it does not fit.
 */
export function requireBatch(
  { name, pointCount, display }: Pick<Dataset, "name" | "pointCount" | "display">,
  batchSize: number,
  dim: number,
): void {
  const bytes = (items: number, points: number) => 4 * items * points * dim;
  const parameters: MemoryParameter[] = [
    { name: "batch", value: batchSize, bytes: (items) => bytes(items, pointCount) },
  ];
  if (display.kind !== "cloud" && gridPoints(display) === pointCount) {
    const at = (resolution: number) => bytes(batchSize, gridPoints(atResolution(display, resolution)));
    parameters.unshift({ name: "resolution", value: resolutionOf(display), least: 2, bytes: at });
  }
  requireMemory({
    purpose: `a batch of ${batchSize} items of ${name} with ${pointCount} points each`,
    bytes: bytes(batchSize, pointCount),
    parameters,
  });
}
