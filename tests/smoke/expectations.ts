/**
 * What a run of the entry must show, wherever it ran.
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { runSmoke, SIZES, type SmokeReport } from "./entry.ts";

let own: Promise<SmokeReport> | undefined;

/** The run in Deno, from the sources: the one to compare with. It happens once. */
export function reportOfDeno(): Promise<SmokeReport> {
  return own ??= runSmoke();
}

/**
 * Checks what holds without any other run.
 *
 * @param report Of a run.
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
  assertEquals(liveBuffers, 0, "buffers left alive");
}

/**
 * Checks that two runs went the same way.
 *
 * @param report Of a run.
 * @param expected Of the run to compare with.
 * @param tolerance Largest difference of a loss, and of a sample: 0 asks for the same bits.
 */
export function assertSameRun(report: SmokeReport, expected: SmokeReport, tolerance: number): void {
  report.losses.forEach((values, i) => {
    for (const [name, value] of Object.entries(values)) {
      const wanted = expected.losses[i]?.[name as keyof typeof values] ?? NaN;
      assertAlmostEquals(value, wanted, tolerance, `the ${name} loss of step ${i + 1}`);
    }
  });
  report.samples.forEach((value, i) =>
    assertAlmostEquals(value, expected.samples[i] ?? NaN, tolerance, `number ${i} of the samples`)
  );
}
