/**
 * The ranks that this process belongs to, from joining them to the end of the process: one rank speaks, and if one fails,
 * all end.
 * @module
 */
import { printError, stderr, stdout } from "../terminal/output.ts";
import { type Launch, launchOf } from "./launch.ts";
import type { Mpi } from "./open_mpi.ts";
import { RANK_OPTIONS, type RankChoice } from "./options.ts";
import { OtherRankError } from "../terminal/rank_error.ts";

/** Time in which the other ranks may release what they hold, once one has failed, in milliseconds. */
const RELEASE = 1000;
/** Time after which a rank that waits to be ended by the one that has failed ends itself, in milliseconds. */
const ABANDONED = 10_000;
/** Time that a rank waits to be ended with its launcher where none could be joined, in milliseconds. */
const ALONE = 2000;

/** The ranks of this process, until they are left. */
let joined: Mpi | undefined;

/**
 * Joins the ranks that a launcher has started, runs work on each of them, and leaves them. Only rank 0 prints.
 *
 * @param choice Whether to join, and how.
 * @param work Work of this rank, given the ranks; `undefined` if it is the only process.
 * @returns Exit code.
 * @throws {OtherRankError} If another rank has failed and says why.
 * @throws What `work` throws, on the first rank that does.
 */
export async function withRanks(
  choice: RankChoice,
  work: (ranks: Mpi | undefined) => Promise<number>,
): Promise<number> {
  const launch = launchOf(), { ranks, "mpi-library": library, "rank-timeout": limit } = choice;
  if (ranks === "none" || (ranks === "auto" && (launch === undefined || launch.size === 1))) {
    return await work(undefined);
  }
  const { openMpi } = await import("./open_mpi.ts");
  const open = () => openMpi({ launch, limit, ...(library !== undefined && { library }) });
  const mpi = joined = await open().catch((error) => failedAlone(error, launch));
  const { rank } = mpi.communicator;
  if (rank > 0) mute(true);
  try {
    const code = await work(mpi);
    await mpi.leave();
    joined = undefined;
    return code;
  } catch (error) {
    if (otherRankIn(error)) throw otherRankIn(error);
    const first = await mpi.announceFailure();
    if (first !== rank) throw new OtherRankError(first);
    mute(false);
    if (rank > 0) printError(`${mpi.describe(rank)} has failed:`);
    throw error;
  }
}

/**
 * Lets one rank speak for all if the command could not even start, since its arguments are invalid.
 *
 * @param error Why it could not.
 * @returns The error that this rank is to report.
 */
export async function speakOnce(error: unknown): Promise<unknown> {
  const choice = {
    ranks: "auto",
    "rank-timeout": RANK_OPTIONS["rank-timeout"].default,
    "mpi-library": undefined,
  };
  try {
    await withRanks(choice, () => Promise.reject(error));
  } catch (other) {
    if (other instanceof OtherRankError) return other;
  }
  return error;
}

/** Returns the failure of another rank that is behind an error, if one is. */
function otherRankIn(error: unknown): OtherRankError | undefined {
  if (error instanceof OtherRankError) return error;
  return error instanceof Error && error.cause !== undefined ? otherRankIn(error.cause) : undefined;
}

/** Reports a failure to join after a moment, in which the first rank does so and the launcher may end the others. */
async function failedAlone(error: unknown, launch: Launch | undefined): Promise<never> {
  if (launch !== undefined && launch.rank > 0) await new Promise((resolve) => setTimeout(resolve, ALONE));
  throw error;
}

/**
 * Ends the other ranks if they have not been left: this one has failed, or waits for one that has.
 *
 * @param error What ended the command.
 * @param code Exit code.
 */
export async function endRanks(error: unknown, code: number): Promise<void> {
  if (joined === undefined) return;
  await new Promise((resolve) => setTimeout(resolve, error instanceof OtherRankError ? ABANDONED : RELEASE));
  joined.abort(code);
}

function mute(isMuted: boolean): void {
  stdout.isMuted = stderr.isMuted = isMuted;
}
