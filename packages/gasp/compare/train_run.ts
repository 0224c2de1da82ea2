/**
 * Training that continues where it stopped: a run that is done is skipped, one that was interrupted is resumed.
 *
 * @module
 */
import { type Checkpoint, openNewestCheckpoint } from "../runs/checkpoint.ts";
import { train, type TrainRequest } from "../training/trainer.ts";

/**
 * Trains a run to its last step, unless it is there already.
 *
 * @param request Arguments of {@linkcode train}; `resume` is always on.
 * @returns The checkpoint of the last step; `undefined` if the training was stopped by the signal.
 * @category Comparison
 */
export async function trainToEnd(request: Omit<TrainRequest, "resume">): Promise<Checkpoint | undefined> {
  const { store, config, signal } = request, before = await openNewestCheckpoint(store);
  if (before && before.step >= config.steps) return before;
  if (signal?.aborted) return undefined;
  const { finished } = await train({ ...request, resume: true });
  return finished ? await openNewestCheckpoint(store) : undefined;
}
