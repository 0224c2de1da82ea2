/**
 * Curves with fewer points than they have steps.
 *
 * @module
 */
import type { LossLine } from "../../worker/training/protocol.ts";

/** A point of a curve. */
export interface CurvePoint {
  /** Number of completed steps. */
  readonly step: number;
  /** Value. */
  readonly value: number;
}

/**
 * Averages a loss over equal parts of the steps, so that a curve costs the same however long a run is.
 *
 * @param lines Logged losses, by step.
 * @param name Name of the loss.
 * @param count Maximum number of points.
 * @returns One point for each part with a value, at the last step in it.
 */
export function thin(lines: readonly LossLine[], name: string, count: number): CurvePoint[] {
  const size = Math.max(1, Math.ceil(lines.length / count)), points: CurvePoint[] = [];
  for (let start = 0; start < lines.length; start += size) {
    const part = lines.slice(start, start + size), values = part.flatMap(({ values }) => values[name] ?? []);
    if (values.length === 0) continue;
    points.push({
      step: part.at(-1)!.step,
      value: values.reduce((sum, value) => sum + value, 0) / values.length,
    });
  }
  return points;
}
