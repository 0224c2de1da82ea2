/**
 * Opens the MPI library in this process and joins its ranks.
 * @module
 */
import { UserError } from "@gasp/gasp";
import { OtherRankError } from "../terminal/rank_error.ts";
import type { Communicator } from "@gasp/tensor";
import { MpiCommunicator } from "./communicator.ts";
import { findLibrary } from "./find_library.ts";
import { type MpiLibrary, readText } from "./functions.ts";
import type { Launch } from "./launch.ts";
import { coresOfMachine } from "./rank_device.ts";
import { gatherValues } from "./share.ts";

/** Where a rank runs. */
export interface Place {
  /** Name of its machine. */
  readonly host: string;
  /** Its process. */
  readonly pid: number;
}

/** How to join. */
export interface MpiOptions {
  /** What started this process; `undefined`: nothing, so that it is the only rank. */
  readonly launch: Launch | undefined;
  /** Path of the library. Default: that of the system which belongs to the launcher. */
  readonly library?: string;
  /** Longest wait for other ranks, in seconds. */
  readonly limit: number;
}

/** The ranks, from the view of one of them. */
export interface Mpi {
  /** Collective calls. */
  readonly communicator: Communicator;
  /** Name and version of the library. */
  readonly version: string;
  /** Number of this rank among those of its machine, from 0. */
  readonly localRank: number;
  /** Number of ranks on this machine. */
  readonly localSize: number;
  /** Where each rank runs. */
  readonly places: readonly Place[];
  /** Names a rank in messages, with its process and machine. @param rank A rank. */
  describe(rank: number): string;
  /**
   * Tells the other ranks that this one has failed.
   *
   * @returns The rank that is to say why: if several fail at once, as all do from the same cause, the first one.
   */
  announceFailure(): Promise<number>;
  /** Leaves the ranks, once all of them do. */
  leave(): Promise<void>;
  /** Ends all ranks at once, this one included. @param code Exit code. */
  abort(code: number): void;
}

/** Time in which a rank that fails listens whether an earlier one does too, in milliseconds. */
const SAME_MOMENT = 500;

/**
 * Initialises the MPI library and joins its ranks.
 *
 * @param options What started this process, and how long to wait.
 * @throws {UserError} If there is no library, or it is not the one of the launcher.
 */
export async function openMpi({ launch, library: path, limit }: MpiOptions): Promise<Mpi> {
  const library = findLibrary(launch, path), { functions, handles, abi } = library;
  functions.MPI_Init_thread(null, null, abi.funneled, new Int32Array(1));
  functions.MPI_Comm_set_errhandler(handles.world, handles.errorsReturn);
  const communicator = new MpiCommunicator(library), { rank, size } = communicator;
  checkJoined(launch, library, size);
  const places = await gatherPlaces(communicator, library, limit);
  const { host } = places[rank]!, isLocal = (place: Place) => place.host === host;
  const localSize = places.filter(isLocal).length;
  const describe = (other: number) => {
    const { pid, host } = places[other]!;
    return `rank ${other} (process ${pid} on ${host})`;
  };
  communicator.options = { limit, crowded: localSize > coresOfMachine(), describe };
  return {
    communicator,
    version: library.version,
    localRank: places.slice(0, rank).filter(isLocal).length,
    localSize,
    places,
    describe,
    announceFailure: () => announceFailure(communicator),
    leave: async () => {
      await communicator.barrier();
      functions.MPI_Finalize();
    },
    abort: (code) => void functions.MPI_Abort(handles.world, code),
  };
}

/** Checks that the library has found what the launcher started: with another library, every process is alone. */
function checkJoined(launch: Launch | undefined, library: MpiLibrary, size: number): void {
  if (launch?.size === undefined || launch.size === size) return;
  const { launcher } = launch, { version, path } = library;
  library.functions.MPI_Finalize();
  // All processes find this
  if (launch.rank > 0) throw new OtherRankError(0);
  throw new UserError(
    `${launcher} has started ${launch.size} ranks, but ${version} (${path}) sees ${size}: it is not the library of that ` +
      `launcher. Start with the mpirun of the library, or name the launcher's library with --mpi-library FILE`,
  );
}

async function gatherPlaces(
  communicator: MpiCommunicator,
  { functions }: MpiLibrary,
  limit: number,
): Promise<Place[]> {
  communicator.options = { ...communicator.options, limit };
  const host = readText((text, length) => functions.MPI_Get_processor_name(text, length));
  return await gatherValues<Place>(communicator, { host, pid: Deno.pid }) as Place[];
}

async function announceFailure({ alarms, rank }: MpiCommunicator): Promise<number> {
  alarms.send("failed");
  const end = performance.now() + (rank === 0 ? 0 : SAME_MOMENT);
  for (;;) {
    const failed = [...alarms.listen()].filter(([, kind]) => kind === "failed").map(([other]) => other);
    const first = Math.min(rank, ...failed);
    if (first !== rank || performance.now() >= end) return first;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
