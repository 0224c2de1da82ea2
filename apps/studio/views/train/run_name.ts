/**
 * Names of new runs.
 *
 * @module
 */
import { browserRuns, refreshBrowserRuns } from "../../state/training.ts";

/**
 * Chooses a name for a new run, as the command line does: `digits-1`, `digits-2`, and so on.
 *
 * @param preset Preset of the run.
 */
export async function freeRunName(preset: string): Promise<string> {
  await refreshBrowserRuns();
  const pattern = new RegExp(`^${preset}-(\\d+)$`);
  const numbers = (browserRuns.value ?? []).map(({ name }) => Number(pattern.exec(name)?.[1] ?? 0));
  return `${preset}-${Math.max(0, ...numbers) + 1}`;
}
