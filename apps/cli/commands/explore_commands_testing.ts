/**
 * A small run for the tests of the commands that look into a generator.
 * @module
 */
import { gasp, GASP_PRESETS, openFileStore, saveCheckpoint } from "@gasp/gasp";

/**
 * Makes a folder with a run of random weights for the time of a test.
 *
 * @param use What is done with it: its folder, and one to write to.
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

/** Computes on the interpreter, which needs no compilation. */
export const ON_REFERENCE: readonly string[] = ["--device", "reference"];
