/**
 * A kind of trouble of the storm, and one trial of it.
 * @module
 */
import type { CommandHost } from "./command_host.ts";
import type { Random } from "./random.ts";

/** One trial: an empty folder and random numbers, both functions of the seed. */
export interface Trial {
  /** Empty folder, removed afterwards. */
  readonly folder: string;
  /** Random numbers. */
  readonly random: Random;
  /** Runs commands in one process. */
  readonly host: CommandHost;
}

/** A kind of trouble. */
export interface Kind {
  /** Name for `--only` and the table. */
  readonly name: string;
  /** One line: what is done to the program, and what must hold. */
  readonly what: string;
  /** Why it cannot be tried on this machine; undefined if it can. */
  missing?(): string | undefined;
  /**
   * Performs one trial.
   *
   * @param trial Folder, random numbers.
   * @returns The number of kills, signals or inputs that were tried.
   * @throws {StormFailure} If the program violates an invariant.
   */
  run(trial: Trial): Promise<number>;
}

/** Thrown if the program violates an invariant. */
export class StormFailure extends Error {}

/**
 * Checks an invariant.
 *
 * @param condition Whether it holds.
 * @param message What was expected, and what was found.
 * @throws {StormFailure} If it does not.
 */
export function require(condition: boolean, message: string): asserts condition {
  if (!condition) throw new StormFailure(message);
}
