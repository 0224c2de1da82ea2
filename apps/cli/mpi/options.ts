/**
 * Options of the commands that can run on several ranks.
 * @module
 */
import type { OptionTable } from "../options/options.ts";

/** Options of the ranks. */
export const RANK_OPTIONS = {
  ranks: {
    kind: "choice",
    choices: ["auto", "mpi", "none"],
    default: "auto",
    defaultText: "auto, mpi if mpirun or srun has started several processes",
    help: "How the processes that run this command work together",
  },
  "rank-timeout": {
    kind: "integer",
    min: 1,
    max: 1_000_000,
    default: 300,
    help: "Seconds that ranks wait for one that does not answer, before all end",
  },
  "mpi-library": {
    kind: "text",
    value: "FILE",
    defaultText: "the one of the launcher",
    help: "MPI library to use",
  },
} satisfies OptionTable;

/** Values of {@link RANK_OPTIONS}. */
export interface RankChoice {
  /** `auto`, `mpi` or `none`. */
  readonly ranks: string;
  /** Longest wait for other ranks, in seconds. */
  readonly "rank-timeout": number;
  /** Path of the library; `undefined`: that of the system. */
  readonly "mpi-library": string | undefined;
}
