/**
 * Short messages between ranks beside the collective calls: in a collective call a rank cannot learn that another one has
 * failed, or which one is missing.
 * @module
 */
import type { MpiLibrary } from "./functions.ts";

/** Tag of the messages; nothing else is sent from one rank to one other. */
const TAG = 911;

/** Kinds of messages. */
const KINDS = ["failed", "waiting"] as const;

/** `failed`: the rank ends, and says why. `waiting`: it has waited for the others longer than allowed. */
export type AlarmKind = typeof KINDS[number];

/** Sends alarms to all other ranks, and listens for theirs. */
export class Alarms {
  readonly #library: MpiLibrary;
  readonly #rank: number;
  readonly #size: number;
  readonly #noStatus: Deno.PointerValue;
  readonly #heard = new Map<number, AlarmKind>();
  /** What the library may still read. */
  readonly #sent: BufferSource[] = [];

  /**
   * Constructs the alarms of a rank.
   *
   * @param library Initialised library.
   * @param rank This rank.
   * @param size Number of ranks.
   */
  constructor(library: MpiLibrary, rank: number, size: number) {
    this.#library = library;
    this.#rank = rank;
    this.#size = size;
    this.#noStatus = Deno.UnsafePointer.create(library.abi.noStatus);
  }

  /** Sends an alarm to all other ranks, without waiting for them. @param kind Kind of alarm. */
  send(kind: AlarmKind): void {
    const { functions, handles } = this.#library;
    const message = Uint8Array.of(KINDS.indexOf(kind));
    for (const to of this.#others()) {
      const request = new BigUint64Array(1);
      this.#sent.push(message, request);
      functions.MPI_Isend(message, 1, handles.byte, to, TAG, handles.world, request);
    }
  }

  /** Receives what has arrived; returns the last alarm of each rank that has sent one. */
  listen(): ReadonlyMap<number, AlarmKind> {
    const { functions, handles } = this.#library, flag = new Int32Array(1), message = new Uint8Array(1);
    for (const from of this.#others()) {
      for (;;) {
        functions.MPI_Iprobe(from, TAG, handles.world, flag, this.#noStatus);
        if (flag[0] === 0) break;
        functions.MPI_Recv(message, 1, handles.byte, from, TAG, handles.world, this.#noStatus);
        this.#heard.set(from, KINDS[message[0]!] ?? "failed");
      }
    }
    return this.#heard;
  }

  *#others(): Generator<number> {
    for (let other = 0; other < this.#size; other++) if (other !== this.#rank) yield other;
  }
}
