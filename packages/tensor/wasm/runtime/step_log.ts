/**
 * Step times of a profiled run, which threads record in a table in the device's memory.
 * @module
 */
import type { StepSpan } from "../../device/device.ts";
import type { WasmMemory } from "./memory.ts";
import type { CodeStep } from "../program/program_code.ts";
import { LOG } from "../program/run_loop.ts";

/** The log of one run. */
export class StepLog {
  /** Start address. */
  readonly address: number;
  /** Bytes per thread. */
  readonly bytes: number;
  readonly #memory: WasmMemory;
  readonly #steps: readonly CodeStep[];
  readonly #threads: number;

  /**
   * Allocates a log.
   *
   * @param memory The device's memory.
   * @param steps Steps of the program.
   * @param threads Number of threads that run it.
   * @throws {RangeError} If the memory is too small.
   */
  constructor(memory: WasmMemory, steps: readonly CodeStep[], threads: number) {
    this.#memory = memory;
    this.#steps = steps;
    this.#threads = threads;
    this.bytes = LOG.bytes * steps.length;
    this.address = memory.allocate(this.bytes * threads);
  }

  /** Returns the recorded times, in milliseconds since the first thread began. */
  spans(): StepSpan[] {
    const view = new DataView(this.#memory.memory.buffer);
    const read = (thread: number, i: number, field: number) =>
      view.getFloat64(this.address + thread * this.bytes + i * LOG.bytes + field, true);
    const recorded = Array.from(
      { length: this.#threads },
      (_, thread) =>
        this.#steps.map(({ step, part }, i) => ({
          step,
          part,
          thread,
          begin: read(thread, i, LOG.begin),
          end: read(thread, i, LOG.end),
        })),
    ).flat();
    const start = recorded.reduce((least, { begin }) => Math.min(least, begin), Infinity);
    return recorded.map((span) => ({ ...span, begin: span.begin - start, end: span.end - start }));
  }

  /** Frees the memory. */
  release(): void {
    this.#memory.release(this.address);
  }
}
