/**
 * Where a training starts: at a checkpoint, which rank 0 reads, or at the initial state.
 * @module
 */
import { soloCommunicator, type Tree } from "@gasp/tensor";
import { UserError } from "../config/user_error.ts";
import { methodOf } from "../methods/table.ts";
import { type BestCheckpoint, readBest } from "../runs/best.ts";
import { type Checkpoint, openNewestCheckpoint } from "../runs/checkpoint.ts";
import { checkpointSteps } from "../runs/run_folder.ts";
import type { RunStore } from "../runs/run_store.ts";
import { requireSameRun } from "../runs/same_run.ts";
import { askRankZero, broadcastState } from "../state/ranks.ts";
import type { TrainRequest } from "./train_request.ts";

/**
 * Returns the checkpoint to resume from, if there is one.
 *
 * @param request Configuration, store, whether to resume.
 * @throws {UserError} If there are checkpoints but the run is not to be resumed, or they are of another run.
 */
export async function startingPoint(
  { config, store, resume }: TrainRequest,
): Promise<Checkpoint | undefined> {
  const steps = await checkpointSteps(store);
  if (!resume && steps.length > 0) {
    throw new UserError(
      `${store.location} already has checkpoints of a run, up to step ${steps.at(-1)}: ` +
        "resume that run, or choose another folder",
    );
  }
  const checkpoint = resume ? await openNewestCheckpoint(store) : undefined;
  if (checkpoint) requireSameRun(config, checkpoint, "the configuration");
  return checkpoint;
}

/**
 * Returns the state to start from: rank 0 reads it, or all ranks compute it.
 *
 * @param request Configuration and ranks.
 * @param step Number of completed steps.
 * @param checkpoint The checkpoint of that step, on rank 0.
 */
export async function initialState(
  { config, communicator = soloCommunicator }: TrainRequest,
  step: number,
  checkpoint: Checkpoint | undefined,
): Promise<Tree> {
  const fresh = () => methodOf(config).initialState(config);
  if (communicator.size === 1) return checkpoint ? await checkpoint.readState() : fresh();
  if (step === 0) return fresh();
  let read: Tree | undefined;
  await askRankZero(communicator, async () => {
    read = await checkpoint!.readState();
  });
  return await broadcastState(communicator, read ?? fresh());
}

/**
 * Reads the best checkpoint of a run, unless it is of a later step, as when later checkpoints were deleted.
 *
 * @param store Files of the run.
 * @param step Number of completed steps.
 */
export async function bestUpTo(store: RunStore, step: number): Promise<BestCheckpoint | undefined> {
  const best = await readBest(store);
  return best && best.step <= step ? best : undefined;
}
