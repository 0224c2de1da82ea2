/**
 * The share of its machine that a rank takes.
 * @module
 */
import { cpus } from "node:os";

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
