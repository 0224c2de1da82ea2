/** Ranks: of several processes that train together, one dies or is stopped, under each MPI library that is installed. */
import { LOCK_FILE } from "../../../apps/cli/files/run_lock.ts";
import type { TestMpi } from "../../../tests/mpi.ts";
import { type Kind, require } from "../kind.ts";
import { start, tail } from "../program.ts";
import {
  continuation,
  type Launch,
  requireEnd,
  requireSameEnd,
  requireWhole,
  RUN,
  STEPS,
  waitPart,
} from "../training.ts";

/** Number of ranks. */
const RANKS = 2;
/** Seconds that ranks wait for one that is stopped: more than a loaded machine delays one that is not. */
const LIMIT = 60;
/** Loaded on demand, since it asks the launchers for their versions. */
const mpiTools = () => import("../../../tests/mpi.ts");

/** Variable that names the library, `MPICH` or `Open MPI`; a trial takes a minute, so that without it there are none. */
const CHOICE = "GASP_STORM_MPI";

async function chooseMpi(): Promise<TestMpi> {
  const { INSTALLED } = await mpiTools(), kind = Deno.env.get(CHOICE);
  const mpi = INSTALLED.found.find((found) => found.kind === kind);
  require(mpi !== undefined, INSTALLED.missing ?? `there is no ${kind}`);
  return mpi;
}

async function launchOf({ program }: TestMpi): Promise<Launch> {
  const { VARIABLES } = await mpiTools();
  return {
    name: program,
    args: ["--rank-timeout", String(LIMIT)],
    script: `exec ${program} -n ${RANKS} "$@"`,
    env: { NO_COLOR: "1", ...VARIABLES },
  };
}

/** Sends a signal to a rank, as soon as it runs. @returns Whether it did before its training ended. */
async function signalRank(
  folder: string,
  rank: number,
  signal: Deno.Signal,
  hasEnded: () => boolean,
): Promise<boolean> {
  const { processOfRank } = await mpiTools();
  while (!hasEnded()) {
    const pid = await processOfRank(folder, rank).catch(() => undefined);
    if (pid === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      continue;
    }
    try {
      Deno.kill(pid, signal);
      return true;
    } catch {
      // It has ended meanwhile
    }
  }
  return false;
}

/** Returns whether the ranks that were started at a time have joined: then rank 0 has locked the folder. */
async function haveJoined(folder: string, started: number): Promise<boolean> {
  try {
    const { mtime } = await Deno.stat(`${folder}/${RUN}/${LOCK_FILE}`);
    return mtime !== null && mtime.getTime() >= started;
  } catch {
    return false;
  }
}

export const ranks: Kind = {
  name: "ranks",
  what:
    "kill -9 of one of two ranks at any moment, SIGSTOP of one that trains: all end, nothing runs on, the newest checkpoint is " +
    "whole, and resumes on two ranks to the bytes of an undisturbed training, or on one",
  missing: () => {
    if (Deno.build.os !== "linux") return "only Linux tells which process is which rank";
    return Deno.env.has(CHOICE) ? undefined : `${CHOICE} is not set to "MPICH" or "Open MPI"`;
  },
  async run({ folder, random }) {
    const launch = await launchOf(await chooseMpi()), times = 1 + random.below(3);
    let hits = 0;
    for (let time = 0; time < times; time++) {
      const args = await continuation(folder, launch), started = Date.now();
      const process = start(args, { folder, ...launch });
      let hasEnded = false;
      // Not before no process has its pipes
      const ending = process.ending().finally(() => hasEnded = true);
      await waitPart(random, 0.05, 1, launch);
      // Before they have joined only the launcher can know
      const signal = random.below(4) === 0 && await haveJoined(folder, started) ? "SIGSTOP" : "SIGKILL";
      const rank = random.below(RANKS), isHit = await signalRank(folder, rank, signal, () => hasEnded);
      const { code, stderr } = await ending, isDone = await requireWhole(folder) === STEPS;
      if (!isHit) require(code === 0 && isDone, `it failed on its own: ${tail(stderr)}`);
      else if (!isDone) {
        require(code !== 0, `status 0 after ${signal} to rank ${rank}`);
        const isSaid = signal === "SIGKILL" || rank === 0 || /did not answer/.test(stderr);
        require(isSaid, `rank ${rank} was stopped, and nobody says so: ${tail(stderr)}`);
      }
      hits += Number(isHit);
    }
    if (random.below(2) === 0) await requireSameEnd(folder, [], launch);
    else await requireEnd(folder);
    return Math.max(1, hits);
  },
};
