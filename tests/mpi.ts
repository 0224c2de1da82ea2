/**
 * Runs programs with the launchers of the MPI libraries that this machine has.
 * @module
 */
import { findLibrary } from "../apps/cli/mpi/find_library.ts";
import type { LibraryKind } from "../apps/cli/mpi/launch.ts";
import { isRequired } from "../packages/tensor/webgpu/runtime/skip_reason_test.ts";
import { cliCommand, type Outcome, outcomeOf } from "./cli.ts";

/** An MPI library with its launcher. */
export interface TestMpi {
  readonly kind: LibraryKind;
  /** Its `mpirun`. */
  readonly program: string;
}

/** Names of the launchers, as Debian has them where several are installed, and elsewhere; and what their version says. */
const LAUNCHERS = [
  { kind: "MPICH", programs: ["mpirun.mpich", "mpirun"], says: /HYDRA|MPICH/ },
  { kind: "Open MPI", programs: ["mpirun.openmpi", "mpirun"], says: /Open ?MPI|OpenRTE|PRRTE/i },
] as const;

/** Variables without which Open MPI refuses containers: to run as root, and more ranks than cores. */
export const VARIABLES: Readonly<Record<string, string>> = {
  OMPI_ALLOW_RUN_AS_ROOT: "1",
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1",
  OMPI_MCA_rmaps_base_oversubscribe: "1",
  // Otherwise a rank may use one core only, or warns that it cannot be bound
  OMPI_MCA_hwloc_base_binding_policy: "none",
  OMPI_MCA_btl_vader_single_copy_mechanism: "none",
  // The time between the signal that asks for an end and the one that enforces it, in seconds
  OMPI_MCA_odls_base_sigkill_timeout: "4",
};

async function versionOf(program: string): Promise<string> {
  try {
    const { stdout } = await new Deno.Command(program, {
      args: ["--version"],
      env: VARIABLES,
      stderr: "null",
    })
      .output();
    return new TextDecoder().decode(stdout);
  } catch {
    return "";
  }
}

async function findLauncher(
  { kind, programs, says }: typeof LAUNCHERS[number],
): Promise<TestMpi | undefined> {
  for (const program of programs) {
    if (!says.test(await versionOf(program))) continue;
    const launch = { launcher: program, rank: 0, size: undefined, library: kind };
    if (findLibrary(launch).abi.kind === kind) return { kind, program };
  }
  return undefined;
}

/** The installed libraries, and why there are none if so. */
export const INSTALLED: { readonly found: readonly TestMpi[]; readonly missing?: string } =
  await (async () => {
    try {
      const found = (await Promise.all(LAUNCHERS.map(findLauncher))).filter((mpi) => mpi !== undefined);
      if (found.length > 0) return { found };
      throw new Error("there is no mpirun of a library that can be opened");
    } catch (error) {
      if (isRequired("mpi")) throw error;
      return { found: [], missing: (error as Error).message };
    }
  })();

/**
 * Registers a test for each installed MPI library; one that is ignored, with the reason in its name, if there is none.
 *
 * @param name Name of the test.
 * @param fn Test.
 */
export function mpiTest(name: string, fn: (mpi: TestMpi) => Promise<void>): void {
  const { found, missing } = INSTALLED;
  if (missing !== undefined) Deno.test({ name: `${name}: ${missing}`, ignore: true, fn: () => {} });
  for (const mpi of found) Deno.test(`${name} with ${mpi.kind}`, () => fn(mpi));
}

/** What the ranks run, and where. */
export interface Ranks {
  /** Words of the command of each rank, or of all of them. */
  readonly words: readonly string[] | readonly (readonly string[])[];
  /** Number of ranks, if all run the same. */
  readonly count?: number;
  /** Working folder. */
  readonly folder?: string;
}

/**
 * Starts ranks.
 *
 * @param mpi Library.
 * @param ranks What they run.
 */
export function startRanks({ program }: TestMpi, { words, count = 1, folder }: Ranks): Deno.ChildProcess {
  const apps = typeof words[0] === "string" ? [words as readonly string[]] : words as readonly string[][];
  const args = apps.flatMap((app, i) => [...(i > 0 ? [":"] : []), "-n", String(count), ...app]);
  return new Deno.Command(program, {
    args,
    ...(folder !== undefined && { cwd: folder }),
    env: { NO_COLOR: "1", ...VARIABLES },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/**
 * Runs the command line on several ranks until they exit.
 *
 * @param mpi Library.
 * @param folder Working folder.
 * @param count Number of ranks.
 * @param args Arguments of each.
 */
export function mpiCli(mpi: TestMpi, folder: string, count: number, ...args: string[]): Promise<Outcome> {
  return outcomeOf(startRanks(mpi, { words: cliCommand(args), count, folder }));
}

/** Variables in which the launchers give a process its rank. */
const RANK_VARIABLES = ["PMI_RANK", "OMPI_COMM_WORLD_RANK"];

/**
 * Finds the process of a rank, from what Linux says about all processes.
 *
 * @param folder Its working folder, in which no other ranks run.
 * @param rank Rank.
 * @throws {Error} If there is none.
 */
export async function processOfRank(folder: string, rank: number): Promise<number> {
  const real = await Deno.realPath(folder);
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name) || await Deno.readLink(`/proc/${name}/cwd`).catch(() => "") !== real) continue;
    const environment = await Deno.readTextFile(`/proc/${name}/environ`).catch(() => "");
    const variables = environment.split("\0");
    if (RANK_VARIABLES.some((variable) => variables.includes(`${variable}=${rank}`))) return Number(name);
  }
  throw new Error(`no process of rank ${rank} runs in ${folder}`);
}
