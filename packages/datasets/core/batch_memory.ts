/**
 * What a batch of a data set takes.
 *
 * @module
 */
import { type MemoryParameter, requireMemory } from "@gasp/tensor";
import type { Dataset } from "./dataset.ts";
import { atResolution, gridPoints, resolutionOf } from "./display.ts";

/**
 * Refuses a batch that does not fit in memory.
 *
 * @param dataset The data set.
 * @param count Items of the batch.
 * @param dim Numbers of a point: features, or coordinates.
 * @throws {MemoryError} If it does not fit.
 */
export function requireBatch(
  { name, pointCount, display }: Pick<Dataset, "name" | "pointCount" | "display">,
  count: number,
  dim: number,
): void {
  const bytes = (items: number, points: number) => 4 * items * points * dim;
  const parameters: MemoryParameter[] = [
    { name: "batch", value: count, bytes: (items) => bytes(items, pointCount) },
  ];
  if (display.kind !== "cloud" && gridPoints(display) === pointCount) {
    const at = (resolution: number) => bytes(count, gridPoints(atResolution(display, resolution)));
    parameters.unshift({ name: "resolution", value: resolutionOf(display), least: 2, bytes: at });
  }
  requireMemory({
    purpose: `a batch of ${count} items of ${name} with ${pointCount} points each`,
    bytes: bytes(count, pointCount),
    parameters,
  });
}
