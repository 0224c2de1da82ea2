/**
 * Collective calls of an MPI library as promises. They are begun without blocking and then tested, so that the event loop
 * goes on, and so that a rank that never answers is noticed.
 * @module
 */
import { UserError } from "@gasp/gasp";
import type { Communicator } from "@gasp/tensor";
import { setImmediate } from "node:timers";
import { Alarms } from "./alarms.ts";
import type { Handle } from "./abi.ts";
import { type MpiLibrary, readText } from "./functions.ts";
import { OtherRankError } from "../terminal/rank_error.ts";

/** Largest part of a call in bytes: counts and displacements of MPI are 32-bit integers. */
const MAX_PART = 2 ** 30;
/** Time of uninterrupted tests, between which the event loop runs, in milliseconds. */
const BURST = 1;
/** Time after which a rank that has a core of its own sleeps between tests, in milliseconds. */
const AWAKE = 1000;
/** Longest sleep between tests, in milliseconds; the longer a rank has waited, the longer it sleeps. */
const LONGEST_SLEEP = 10;
/** Interval at which a waiting rank listens for alarms, in milliseconds. */
const LISTEN = 50;
/** Longest time that counts between two tests, in milliseconds: a process that was stopped itself has not waited. */
const LONGEST_PAUSE = 1000;
/** Time in which the other ranks must answer once one has waited for too long, in milliseconds. */
const ROLL_CALL = 3000;

/** How ranks wait. */
export interface WaitOptions {
  /** Longest wait for the other ranks, in seconds. */
  readonly limit: number;
  /** Whether this machine has fewer cores than ranks: then those that wait should not take time from those that work. */
  readonly crowded: boolean;
  /** Names ranks in messages. */
  readonly describe: (rank: number) => string;
}

/** The ranks of an initialised MPI library (`MPI_COMM_WORLD`). */
export class MpiCommunicator implements Communicator {
  readonly rank: number;
  readonly size: number;
  /** Messages beside the calls. */
  readonly alarms: Alarms;
  /** How long to wait; may be changed between calls. */
  options: WaitOptions = { limit: 300, crowded: false, describe: (rank) => `rank ${rank}` };
  readonly #library: MpiLibrary;
  readonly #noStatus: Deno.PointerValue;
  readonly #inPlace: Deno.PointerValue;
  /** The last call. Each begins after the one before it, since all ranks must begin them in the same order. */
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Constructs the communicator of all ranks.
   *
   * @param library Initialised library.
   */
  constructor(library: MpiLibrary) {
    const { functions, handles, abi } = library;
    const [rank, size] = [new Int32Array(1), new Int32Array(1)];
    functions.MPI_Comm_rank(handles.world, rank);
    functions.MPI_Comm_size(handles.world, size);
    this.#library = library;
    this.#noStatus = Deno.UnsafePointer.create(abi.noStatus);
    this.#inPlace = Deno.UnsafePointer.create(abi.inPlace);
    this.rank = rank[0]!;
    this.size = size[0]!;
    this.alarms = new Alarms(library, this.rank, this.size);
  }

  allReduce(values: Float32Array): Promise<void> {
    const { functions, handles } = this.#library, part = MAX_PART / values.BYTES_PER_ELEMENT;
    return this.#inTurn("a sum", async (begin) => {
      for (let start = 0; start < values.length; start += part) {
        const some = memoryOf(values.subarray(start, start + part));
        await begin((request) =>
          functions.MPI_Iallreduce(
            this.#inPlace,
            some,
            some.length,
            handles.float,
            handles.sum,
            handles.world,
            request,
          )
        );
      }
    });
  }

  broadcast(bytes: Uint8Array, root = 0): Promise<void> {
    return this.#inTurn("a broadcast", (begin) => this.#broadcast(begin, bytes, root));
  }

  allGather(bytes: Uint8Array): Promise<Uint8Array[]> {
    const { functions, handles: { byte, world } } = this.#library;
    return this.#inTurn("a gathering", async (begin) => {
      const own = memoryOf(BigUint64Array.of(BigInt(bytes.length)));
      const lengths = memoryOf(new BigUint64Array(this.size)), width = own.BYTES_PER_ELEMENT;
      await begin((request) =>
        functions.MPI_Iallgather(own, width, byte, lengths, width, byte, world, request)
      );
      const counts = [...lengths].map(Number), starts = counts.map(() => 0);
      for (let i = 1; i < counts.length; i++) starts[i] = starts[i - 1]! + counts[i - 1]!;
      const all = memoryOf(new Uint8Array(starts.at(-1)! + counts.at(-1)!));
      const parts = counts.map((count, i) => all.subarray(starts[i], starts[i]! + count));
      if (all.length <= MAX_PART) {
        const [each, places] = [counts, starts].map((numbers) => memoryOf(Int32Array.from(numbers)));
        const sent = memoryOf(bytes);
        await begin((request) =>
          functions.MPI_Iallgatherv(
            sent,
            sent.length,
            byte,
            all,
            each!,
            places!,
            byte,
            world,
            request,
          )
        );
      } else {
        parts[this.rank]!.set(bytes);
        for (const [root, part] of parts.entries()) await this.#broadcast(begin, part, root);
      }
      return parts;
    });
  }

  barrier(): Promise<void> {
    const { functions, handles } = this.#library;
    return this.#inTurn(
      "a barrier",
      (begin) => begin((request) => functions.MPI_Ibarrier(handles.world, request)),
    );
  }

  async #broadcast(begin: Begin, bytes: Uint8Array, root: number): Promise<void> {
    const { functions, handles } = this.#library;
    for (let start = 0; start < bytes.length; start += MAX_PART) {
      const some = memoryOf(bytes.subarray(start, start + MAX_PART));
      await begin((request) =>
        functions.MPI_Ibcast(some, some.length, handles.byte, root, handles.world, request)
      );
    }
  }

  /** Makes a call after all earlier ones. Once one has failed, all later ones do. */
  #inTurn<T>(what: string, call: (begin: Begin) => Promise<T>): Promise<T> {
    const made = this.#last.then(() =>
      call((start) => {
        // A handle is 4 or 8 bytes
        const request = memoryOf(new BigUint64Array(1));
        this.#check(start(request), what);
        return this.#completed(request, what);
      })
    );
    made.catch(() => {});
    this.#last = made;
    return made;
  }

  async #completed(request: BigUint64Array<ArrayBuffer>, what: string): Promise<void> {
    const { MPI_Test } = this.#library.functions, flag = new Int32Array(1);
    const awake = this.options.crowded ? 0 : AWAKE, limit = 1000 * this.options.limit;
    let waited = 0, listenAt = LISTEN, before = performance.now();
    for (;;) {
      const end = before + BURST;
      do {
        this.#check(MPI_Test(request, flag, this.#noStatus), what);
        if (flag[0] !== 0) return;
      } while (performance.now() < end);
      await (waited < awake ? turn() : sleep(Math.min(LONGEST_SLEEP, waited / AWAKE)));
      const now = performance.now();
      waited += Math.min(now - before, LONGEST_PAUSE);
      before = now;
      if (waited < listenAt) continue;
      listenAt = waited + LISTEN;
      await this.#listen(waited > limit, what);
    }
  }

  /**
   * Listens for alarms.
   *
   * @throws {OtherRankError} If another rank has failed.
   * @throws {UserError} If a rank has waited for too long, and this is the one to say so.
   */
  async #listen(isLate: boolean, what: string): Promise<void> {
    const heard = this.alarms.listen();
    const failed = firstOf(heard, "failed");
    if (failed !== undefined) throw new OtherRankError(failed);
    if (!isLate && heard.size === 0) return;
    this.alarms.send("waiting");
    const end = performance.now() + ROLL_CALL;
    while (heard.size < this.size - 1 && performance.now() < end) {
      await sleep(BURST);
      this.alarms.listen();
    }
    const reporting = firstOf(heard, "failed") ?? Math.min(this.rank, ...heard.keys());
    throw reporting === this.rank ? this.#lateError(heard, what) : new OtherRankError(reporting);
  }

  #lateError(heard: ReadonlyMap<number, unknown>, what: string): UserError {
    const { limit, describe } = this.options;
    const missing = Array.from({ length: this.size }, (_, rank) => rank)
      .filter((rank) => rank !== this.rank && !heard.has(rank));
    const who = missing.length === 0
      ? "a rank has answered too late"
      : `${missing.slice(0, 3).map(describe).join(", ")}${
        missing.length > 3 ? ` and ${missing.length - 3} more` : ""
      } did not answer`;
    return new UserError(
      `${who}: the other ranks have waited ${limit} s in ${what}. It was stopped or hangs, its machine is unreachable, or it ` +
        `works longer than the others; --rank-timeout SECONDS changes the limit`,
    );
  }

  #check(code: number, what: string): void {
    if (code === 0) return;
    const { functions } = this.#library;
    const text = readText((bytes, length) => functions.MPI_Error_string(code, bytes, length));
    throw new UserError(`the MPI library failed in ${what}: ${text}`);
  }
}

/** Begins a part of a call, given what starts it with a request; resolves once it is complete. */
type Begin = (start: (request: BigUint64Array<ArrayBuffer>) => number) => Promise<void>;

/**
 * Returns the same array, as memory that stays where it is: the engine keeps small arrays in its own heap, and moves them,
 * until their buffer is asked for.
 */
function memoryOf<T extends Float32Array | Uint8Array | Int32Array | BigUint64Array>(
  array: T,
): T & BufferSource {
  void array.buffer;
  return array as T & BufferSource;
}

/** Returns the first rank that sent an alarm of a kind. */
function firstOf(heard: ReadonlyMap<number, Handle | string>, kind: string): number | undefined {
  const ranks = [...heard].filter(([, alarm]) => alarm === kind).map(([rank]) => rank);
  return ranks.length === 0 ? undefined : Math.min(...ranks);
}

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, milliseconds));
}
