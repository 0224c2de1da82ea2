/**
 * A small run for tests of the commands that explore a generator.
 * @module
 */
import { gasp, GASP_PRESETS, openFileStore, saveCheckpoint } from "@gasp/gasp";

/**
 * Creates a run with random weights for a test.
 *
 * @param use Receives the folder of the run, and one to write to.
 */
export async function withTinyRun(use: (run: string, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir(), run = `${folder}/run`;
  try {
    const config = GASP_PRESETS.tiny, state = gasp.initialState({ ...config, seed: 1 });
    const display = { kind: "image", height: 5, width: 5, channels: 1 } as const;
    await saveCheckpoint(await openFileStore(run), { step: 9, config, display }, state);
    await use(run, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Options that select the interpreter, which needs no compilation. */
export const ON_REFERENCE: readonly string[] = ["--device", "reference"];
