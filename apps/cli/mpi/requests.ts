/**
 * Calls that have begun without blocking: they are tested until they are complete, so that the event loop goes on, and so that
 * a rank that never answers is noticed.
 * @module
 */
import { UserError } from "@gasp/gasp";
import { setImmediate } from "node:timers";
import type { Alarms } from "./alarms.ts";
import type { MpiLibrary } from "./functions.ts";
import { readText } from "./functions.ts";
import { OtherRankError } from "../terminal/rank_error.ts";

/** Time of uninterrupted tests, between which the event loop runs, in milliseconds. */
const BURST = 1;
/** Time after which a rank that has a core of its own sleeps between tests, in milliseconds, so that others may use the core. */
const AWAKE = 50;
/** Longest sleep between tests, in milliseconds; the longer a rank has waited, the longer it sleeps: 2 % of that. */
const LONGEST_SLEEP = 10;
/** Interval at which a waiting rank listens for alarms, in milliseconds. */
const LISTEN = 50;
/** Longest time that counts between two tests, in milliseconds: a process that was stopped, or computes, has not waited. */
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

/** This rank among the others. */
export interface Peers {
  readonly rank: number;
  readonly size: number;
  readonly alarms: Alarms;
}

/** Memory of a request's handle, of 4 or 8 bytes. */
export type RequestMemory = BigUint64Array<ArrayBuffer>;

/** A call under way. */
interface Request {
  readonly handle: RequestMemory;
  /** Memory that the library reads and writes until it is complete. */
  readonly memory: readonly unknown[];
  /** What it is, in messages. */
  readonly what: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The calls under way of a rank, in the order in which they have begun. Once one has failed, all do. */
export class Requests {
  /** How long to wait; may be changed between calls. */
  options: WaitOptions = { limit: 300, crowded: false, describe: (rank) => `rank ${rank}` };
  readonly #library: MpiLibrary;
  readonly #noStatus: Deno.PointerValue;
  readonly #peers: Peers;
  readonly #flag = new Int32Array(1);
  /** Those under way; after a failure they stay, since the library may still use their memory. */
  #pending: Request[] = [];
  #isWatched = false;
  #failure: { readonly error: unknown } | undefined;

  /**
   * Constructs the requests of a rank, of which there are none.
   *
   * @param library Initialised library.
   * @param peers The ranks.
   */
  constructor(library: MpiLibrary, peers: Peers) {
    this.#library = library;
    this.#noStatus = Deno.UnsafePointer.create(library.abi.noStatus);
    this.#peers = peers;
  }

  /**
   * Begins a call at once.
   *
   * @param what What it is, in messages.
   * @param memory Memory that it uses until it is complete.
   * @param start Calls the library.
   * @returns Resolves once it is complete.
   */
  begin(what: string, memory: readonly unknown[], start: (handle: RequestMemory) => number): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure.error);
    const handle = stayingInPlace(new BigUint64Array(1));
    const done = new Promise<void>((resolve, reject) => {
      this.#check(start(handle), what);
      this.#pending.push({ handle, memory, what, resolve, reject });
    });
    // Thrown where it is awaited
    done.catch(() => {});
    if (!this.#isWatched) void this.#watch();
    return done;
  }

  /** Tests what is under way until nothing is. */
  async #watch(): Promise<void> {
    this.#isWatched = true;
    // The caller may have work to do before it waits
    await undefined;
    const awake = this.options.crowded ? 0 : AWAKE;
    let waited = 0, listenAt = LISTEN, before = performance.now();
    try {
      while (this.#pending.length > 0) {
        const end = performance.now() + BURST;
        let completed = this.#test();
        while (!completed && performance.now() < end) completed = this.#test();
        // Those who wait for it go on first
        await (completed || waited < awake ? turn() : sleep(Math.min(LONGEST_SLEEP, waited / AWAKE)));
        const now = performance.now();
        waited = completed ? 0 : waited + Math.min(now - before, LONGEST_PAUSE);
        before = now;
        if (completed) listenAt = LISTEN;
        if (waited < listenAt) continue;
        listenAt = waited + LISTEN;
        await this.#listen(waited > 1000 * this.options.limit, this.#pending[0]!.what);
      }
    } catch (error) {
      this.#failure = { error };
      for (const { reject } of this.#pending) reject(error);
    }
    this.#isWatched = false;
  }

  /** Tests each call once. @returns Whether one was complete. */
  #test(): boolean {
    const { MPI_Test } = this.#library.functions, flag = this.#flag;
    const left = this.#pending.filter(({ handle, what, resolve }) => {
      this.#check(MPI_Test(handle, flag, this.#noStatus), what);
      if (flag[0] !== 0) resolve();
      return flag[0] === 0;
    });
    const completed = left.length < this.#pending.length;
    this.#pending = left;
    return completed;
  }

  /**
   * Listens for alarms.
   *
   * @throws {OtherRankError} If another rank has failed.
   * @throws {UserError} If a rank has waited for too long, and this is the one to say so.
   */
  async #listen(isLate: boolean, what: string): Promise<void> {
    const { alarms, rank, size } = this.#peers;
    const heard = alarms.listen(), failed = firstOf(heard, "failed");
    if (failed !== undefined) throw new OtherRankError(failed);
    if (!isLate && heard.size === 0) return;
    alarms.send("waiting");
    const end = performance.now() + ROLL_CALL;
    while (heard.size < size - 1 && performance.now() < end) {
      await sleep(BURST);
      alarms.listen();
    }
    const reporting = firstOf(heard, "failed") ?? Math.min(rank, ...heard.keys());
    throw reporting === rank ? this.#lateError(heard, what) : new OtherRankError(reporting);
  }

  #lateError(heard: ReadonlyMap<number, unknown>, what: string): UserError {
    const { limit, describe } = this.options, { rank, size } = this.#peers;
    const missing = Array.from({ length: size }, (_, other) => other)
      .filter((other) => other !== rank && !heard.has(other));
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

/**
 * Returns the same array, as memory that stays where it is: the engine keeps small arrays in its own heap, and moves them,
 * until their buffer is asked for.
 *
 * @param array Any typed array.
 */
export function stayingInPlace<T extends Float32Array | Uint8Array | Int32Array | BigUint64Array>(
  array: T,
): T & BufferSource {
  void array.buffer;
  return array as T & BufferSource;
}

/** Returns the first rank that sent an alarm of a kind. */
function firstOf(heard: ReadonlyMap<number, string>, kind: string): number | undefined {
  const ranks = [...heard].filter(([, alarm]) => alarm === kind).map(([rank]) => rank);
  return ranks.length === 0 ? undefined : Math.min(...ranks);
}

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, milliseconds));
}
