/**
 * When threads ran the steps of a program: they note it in a table in the device's memory.
 * @module
 */
import type { StepSpan } from "../../core/device.ts";
import type { WasmMemory } from "./memory.ts";
import type { CodeStep } from "../program/program_code.ts";
import { LOG } from "../program/run_loop.ts";

/** The table of one run. */
export class StepLog {
  /** Where it starts. */
  readonly address: number;
  /** Bytes of the notes of each thread. */
  readonly bytes: number;
  readonly #memory: WasmMemory;
  readonly #steps: readonly CodeStep[];
  readonly #threads: number;

  /**
   * Takes memory for a table.
   *
   * @param memory The device's memory.
   * @param steps What will run.
   * @param threads Threads that will run it.
   * @throws {RangeError} If the memory is too small.
   */
  constructor(memory: WasmMemory, steps: readonly CodeStep[], threads: number) {
    this.#memory = memory;
    this.#steps = steps;
    this.#threads = threads;
    this.bytes = LOG.bytes * steps.length;
    this.address = memory.allocate(this.bytes * threads);
  }

  /** What the threads noted, in milliseconds since the first of them began. */
  spans(): StepSpan[] {
    const view = new DataView(this.#memory.memory.buffer);
    const read = (thread: number, i: number, field: number) =>
      view.getFloat64(this.address + thread * this.bytes + i * LOG.bytes + field, true);
    const noted = Array.from(
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
    const start = noted.reduce((least, { begin }) => Math.min(least, begin), Infinity);
    return noted.map((span) => ({ ...span, begin: span.begin - start, end: span.end - start }));
  }

  /** Gives the memory back. */
  release(): void {
    this.#memory.release(this.address);
  }
}
