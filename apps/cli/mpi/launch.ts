/**
 * What started this process: `mpirun`, `srun` and the like tell each rank in environment variables who it is.
 * @module
 */

/** Kinds of libraries. */
export type LibraryKind = "MPICH" | "Open MPI" | "standard";

/** How the variables of one launcher are called. */
interface Launcher {
  /** Its name in messages. */
  readonly name: string;
  /** Variable with the rank. */
  readonly rank: string;
  /** Variable with the number of ranks, if there is one. */
  readonly size?: string;
  /** Whether the rank counts only beside the size. */
  readonly needsSize?: true;
  /** The kind of library that belongs to it. */
  readonly library?: LibraryKind;
}

/** Launchers; those of a library first, since a cluster's variables are also set below them. */
const LAUNCHERS: readonly Launcher[] = [
  {
    name: "mpirun of Open MPI",
    rank: "OMPI_COMM_WORLD_RANK",
    size: "OMPI_COMM_WORLD_SIZE",
    library: "Open MPI",
  },
  { name: "mpirun of MPICH", rank: "PMI_RANK", size: "PMI_SIZE", library: "MPICH" },
  { name: "mpiexec of Cray PALS", rank: "PALS_RANKID", library: "MPICH" },
  // A batch script, which is one process, has SLURM_PROCID too; only a step started by srun has the number of its tasks
  { name: "srun", rank: "SLURM_PROCID", size: "SLURM_STEP_NUM_TASKS", needsSize: true },
  { name: "a launcher with PMIx", rank: "PMIX_RANK", library: "Open MPI" },
];

/** Environment variables that {@link launchOf} reads. */
export const LAUNCH_VARIABLES: readonly string[] = LAUNCHERS.flatMap(({ rank, size }) =>
  size === undefined ? [rank] : [rank, size]
);

/** One process among those that a launcher started. */
export interface Launch {
  /** What started them, for messages. */
  readonly launcher: string;
  /** Number of this process, from 0. */
  readonly rank: number;
  /** Number of processes; `undefined` if only the library knows. */
  readonly size: number | undefined;
  /** The kind of library that belongs to the launcher; `undefined` if it starts programs of any. */
  readonly library: LibraryKind | undefined;
}

/**
 * Finds what started this process as one of several ranks.
 *
 * @param read Reads an environment variable. Default: those that the process may read.
 * @returns `undefined` if no launcher did.
 */
export function launchOf(read: (name: string) => string | undefined = readVariable): Launch | undefined {
  const number = (name: string | undefined) => {
    const text = name === undefined ? undefined : read(name);
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  };
  for (const launcher of LAUNCHERS) {
    const rank = number(launcher.rank), size = number(launcher.size);
    if (rank === undefined || (launcher.needsSize && size === undefined)) continue;
    return { launcher: launcher.name, rank, size, library: launcher.library };
  }
  return undefined;
}

/**
 * Reads an environment variable.
 *
 * @param name Name of the variable.
 * @returns `undefined` if it is not set, or may not be read.
 */
export function readVariable(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) : undefined;
}
