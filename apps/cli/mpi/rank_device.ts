/**
 * The share of its machine that a rank takes.
 * @module
 */
import { cpus } from "node:os";

/** The share of a rank. */
export interface RankShare {
  /** Number of threads; `undefined`: those of the machine. */
  readonly threads: number | undefined;
  /** Which of the machine's GPUs, counted again from the first one; absent: the preferred one. */
  readonly turn?: number;
}

/**
 * Returns the share of this rank: of the cores, unless their number is given, and one of several GPUs.
 *
 * @param mpi The ranks; `undefined`: this process is alone.
 * @param threads The option `--threads`.
 */
export function shareOfRank(
  mpi: { readonly localRank: number; readonly localSize: number } | undefined,
  threads: number | undefined,
): RankShare {
  if (mpi === undefined) return { threads };
  const { localRank, localSize } = mpi;
  return { threads: threads ?? threadsOfRank(localSize), ...(localSize > 1 && { turn: localRank }) };
}

/** Returns the number of cores of this machine, also of those that this process may not use. */
export function coresOfMachine(): number {
  return cpus().length;
}

/**
 * Returns the number of threads of a rank without `--threads`: an equal share of the machine's cores, but no more than the
 * launcher has bound the process to.
 *
 * @param ranks Number of ranks on this machine.
 * @param allowed Number of cores that this process may use.
 * @param cores Number of cores of this machine.
 */
export function threadsOfRank(
  ranks: number,
  allowed: number = navigator.hardwareConcurrency,
  cores: number = coresOfMachine(),
): number {
  return Math.max(1, Math.min(allowed, Math.floor(cores / ranks)));
}
