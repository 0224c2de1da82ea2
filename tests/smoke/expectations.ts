/**
 * Assertions on runs of the entry.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { runSmoke, SIZES, type SmokeReport } from "./entry.ts";

let own: Promise<SmokeReport> | undefined;

/** Returns the reference run, in Deno from the sources. */
export function reportOfDeno(): Promise<SmokeReport> {
  return own ??= runSmoke();
}

/**
 * Asserts properties of a single run.
 *
 * @param report Results of the run.
 */
export function assertSound({ losses, samples, liveBuffers }: SmokeReport): void {
  assertEquals(losses.length, SIZES.steps);
  for (const values of losses) assert(Object.values(values).every(Number.isFinite), JSON.stringify(values));
  assertEquals(samples.length, SIZES.samples * SIZES.resolution ** 2);
  assert(
    samples.every((value) => Number.isFinite(value) && Math.abs(value) <= 1),
    "samples are outside [-1, 1]",
  );
  const pixels = SIZES.resolution ** 2;
  const first = samples.slice(0, pixels);
  assert(new Set(first).size > pixels / 2, "a sample is nearly uniform");
  assertNotEquals(samples.slice(pixels, 2 * pixels), first);
  assertEquals(liveBuffers, 0, "leaked buffers");
}

/**
 * Asserts that two runs agree.
 *
 * @param report Results of a run.
 * @param expected Results of the reference run.
 * @param tolerance Maximum difference of losses and samples; 0 requires the same bits.
 */
export function assertSameRun(report: SmokeReport, expected: SmokeReport, tolerance: number): void {
  report.losses.forEach((values, i) => {
    for (const [name, value] of Object.entries(values)) {
      const loss = expected.losses[i]?.[name as keyof typeof values] ?? NaN;
      assertAlmostEquals(value, loss, tolerance, `the ${name} loss of step ${i + 1}`);
    }
  });
  report.samples.forEach((value, i) =>
    assertAlmostEquals(value, expected.samples[i] ?? NaN, tolerance, `element ${i} of the samples`)
  );
}
