/**
 * Collective calls of an MPI library as promises.
 * @module
 */
import type { Communicator } from "@gasp/tensor";
import { Alarms } from "./alarms.ts";
import type { MpiLibrary } from "./functions.ts";
import { type RequestMemory, Requests, stayingInPlace, type WaitOptions } from "./requests.ts";

/** Largest part of a call in bytes: counts and displacements of MPI are 32-bit integers. */
const MAX_PART = 2 ** 30;

/** The ranks of an initialised MPI library (`MPI_COMM_WORLD`). */
export class MpiCommunicator implements Communicator {
  readonly rank: number;
  readonly size: number;
  /** Messages beside the calls. */
  readonly alarms: Alarms;
  readonly #library: MpiLibrary;
  readonly #inPlace: Deno.PointerValue;
  readonly #requests: Requests;
  /** Resolves when the calls that were made have begun, all their parts; `undefined`: they have. */
  #beginning: Promise<void> | undefined;

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
    this.#inPlace = Deno.UnsafePointer.create(abi.inPlace);
    this.rank = rank[0]!;
    this.size = size[0]!;
    this.alarms = new Alarms(library, this.rank, this.size);
    this.#requests = new Requests(library, this);
  }

  /** How long to wait; may be changed between calls. */
  get options(): WaitOptions {
    return this.#requests.options;
  }

  set options(options: WaitOptions) {
    this.#requests.options = options;
  }

  allReduce(values: Float32Array): Promise<void> {
    const { functions, handles: { float, sum, world } } = this.#library, inPlace = this.#inPlace;
    return this.#inTurn(() =>
      this.#begin(
        "a sum",
        values,
        (part, request) => functions.MPI_Iallreduce(inPlace, part, part.length, float, sum, world, request),
      )
    );
  }

  broadcast(bytes: Uint8Array, root = 0): Promise<void> {
    return this.#inTurn(() => this.#broadcast(bytes, root));
  }

  allGatherInPlace(bytes: Uint8Array): Promise<void> {
    const { functions, handles: { byte, world } } = this.#library, inPlace = this.#inPlace;
    const length = bytes.length / this.size, all = stayingInPlace(bytes);
    return this.#inTurn(() =>
      length > MAX_PART
        ? this.#gather(bytes, Array.from({ length: this.size }, () => length))
        : this.#requests.begin("a gathering", [all], (request) =>
          functions.MPI_Iallgather(inPlace, 0, byte, all, length, byte, world, request))
    );
  }

  /** The ranks learn first how much each of them brings; later calls begin after that. */
  async allGather(bytes: Uint8Array): Promise<Uint8Array[]> {
    const lengths = new BigUint64Array(this.size);
    lengths[this.rank] = BigInt(bytes.length);
    const known = this.allGatherInPlace(new Uint8Array(lengths.buffer));
    const begun = Promise.withResolvers<void>();
    this.#hold(begun.promise);
    try {
      await known;
      const counts = [...lengths].map(Number), starts = startsOf(counts);
      const all = new Uint8Array(starts.at(-1)! + counts.at(-1)!);
      all.set(bytes, starts[this.rank]);
      const done = this.#gather(all, counts);
      begun.resolve();
      await done;
      return counts.map((count, i) => all.subarray(starts[i], starts[i]! + count));
    } finally {
      begun.resolve();
    }
  }

  barrier(): Promise<void> {
    const { functions, handles } = this.#library;
    return this.#inTurn(() =>
      this.#requests.begin("a barrier", [], (request) => functions.MPI_Ibarrier(handles.world, request))
    );
  }

  /** Begins to complete an array that has `counts[r]` bytes of each rank r. */
  async #gather(bytes: Uint8Array, counts: readonly number[]): Promise<void> {
    const { functions, handles: { byte, world } } = this.#library,
      starts = startsOf(counts),
      inPlace = this.#inPlace;
    if (bytes.length > MAX_PART) {
      const parts = counts.map((count, rank) => bytes.subarray(starts[rank], starts[rank]! + count));
      return void await Promise.all(parts.map((part, rank) => this.#broadcast(part, rank)));
    }
    const all = stayingInPlace(bytes);
    const [each, places] = [counts, starts].map((numbers) => stayingInPlace(Int32Array.from(numbers)));
    await this.#requests.begin(
      "a gathering",
      [all, each, places],
      (request) => functions.MPI_Iallgatherv(inPlace, 0, byte, all, each!, places!, byte, world, request),
    );
  }

  #broadcast(bytes: Uint8Array, root: number): Promise<void> {
    const { functions, handles: { byte, world } } = this.#library;
    return this.#begin(
      "a broadcast",
      bytes,
      (part, request) => functions.MPI_Ibcast(part, part.length, byte, root, world, request),
    );
  }

  /** Begins a call for each part of an array that is small enough. */
  async #begin<T extends Float32Array | Uint8Array>(
    what: string,
    array: T,
    start: (part: T & BufferSource, request: RequestMemory) => number,
  ): Promise<void> {
    const length = MAX_PART / array.BYTES_PER_ELEMENT, begun: Promise<void>[] = [];
    for (let from = 0; from < array.length; from += length) {
      const part = stayingInPlace(array.subarray(from, from + length) as T);
      begun.push(this.#requests.begin(what, [part], (request) => start(part, request)));
    }
    await Promise.all(begun);
  }

  /** Begins a call after all that were made before it: at once, unless one of them has parts that are to begin. */
  #inTurn(begin: () => Promise<void>): Promise<void> {
    if (!this.#beginning) return begin();
    let done: Promise<void> | undefined;
    const begun = this.#beginning.then(() => {
      done = begin();
      done.catch(() => {});
    });
    this.#hold(begun);
    return begun.then(() => done);
  }

  /** Makes later calls begin after a moment. */
  #hold(moment: Promise<void>): void {
    this.#beginning = moment;
    void moment.then(() => {
      if (this.#beginning === moment) this.#beginning = undefined;
    });
  }
}

/** Returns where the parts of each rank begin, `[0, counts[0], counts[0] + counts[1], …]`. */
function startsOf(counts: readonly number[]): number[] {
  let end = 0;
  return counts.map((count) => (end += count) - count);
}
