/**
 * Fixtures of the metrics' tests, computed by `tools/metrics_fixtures.py` with SciPy, scikit-learn, PyTorch and Pillow.
 *
 * @module
 */
import { openDevice } from "@gasp/tensor";

const FOLDER = new URL("../../../tests/fixtures/metrics/", import.meta.url);

/** A device for tests: one thread. */
export const device = await openDevice("wasm", { threads: 1 });

/**
 * Reads a fixture file.
 *
 * @param name Name of the file.
 */
export async function readFixture(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fetch(new URL(name, FOLDER))).arrayBuffer());
}

/**
 * Reads a fixture of names and numbers.
 *
 * @param name Name of the file.
 */
// deno-lint-ignore no-explicit-any
export async function readValues(name: string): Promise<any> {
  return JSON.parse(new TextDecoder().decode(await readFixture(name)));
}

/**
 * Parses numbers of a fixture.
 *
 * @param text Numbers separated by blanks.
 */
export function numbers(text: string): Float64Array {
  return Float64Array.from(text.split(" "), Number);
}
