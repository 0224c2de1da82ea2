/**
 * A program in the memory of a wasm device: its steps, address lists, scratch, workspace and temporaries, in one block.
 * @module
 */
import { planTemporaries } from "../../compile/plan.ts";
import type { DeviceBuffer } from "../../device/device.ts";
import type { Program } from "../../ir/kernel.ts";
import type { WasmMemory } from "./memory.ts";
import { type ProgramCode, WORKSPACE } from "../program/program_code.ts";
import { HEADER, STEP } from "../program/run_loop.ts";

/** A block of the device's memory. */
export interface WasmBuffer extends DeviceBuffer {
  /** Start address, a multiple of 64. */
  readonly address: number;
}

const LINE = 64;
const align = (bytes: number) => Math.ceil(bytes / LINE) * LINE;

/** The memory layout of a loaded program, and the binding of its external buffers. */
export class LoadedProgram {
  /** Address of the header, for the run loop. */
  readonly address: number;
  /** Bytes of temporaries, workspace and scratch. */
  readonly temporaryBytes: number;
  /** Minimum sizes of the external buffers. */
  readonly externalBytes: readonly number[];
  readonly #memory: WasmMemory;
  /** For each external buffer, the indices of the words that hold its address. */
  readonly #slots: readonly number[][];

  /**
   * Allocates memory for a program and writes its steps.
   *
   * @param program Program.
   * @param code Its code.
   * @param memory Memory to allocate from.
   * @param threads Number of threads that may run it.
   * @throws {RangeError} If the memory is too small.
   */
  constructor(program: Program, code: ProgramCode, memory: WasmMemory, threads: number) {
    this.#memory = memory;
    const plan = planTemporaries(program);
    const words = code.steps.reduce((sum, { args }) => sum + args.length, 0);
    const scratchStride = align(code.scratchBytes);
    const listsAt = align(HEADER.bytes + STEP.bytes * code.steps.length);
    const scratchAt = align(listsAt + 4 * words);
    const workspaceAt = scratchAt + scratchStride * threads;
    const temporariesAt = align(workspaceAt + code.workspaceBytes);
    this.temporaryBytes = temporariesAt + align(plan.bytes) - scratchAt;
    this.address = memory.allocate(temporariesAt + plan.bytes);
    const external = program.buffers.flatMap(({ role }, id) => role === "external" ? [id] : []);
    this.externalBytes = external.map((id) => program.buffers[id]?.bytes ?? 0);
    const position = new Map(external.map((id, i) => [id, i]));
    const slots = external.map((): number[] => []);
    const table = memory.words(this.address, scratchAt / 4).fill(0);
    table[HEADER.steps / 4] = code.steps.length;
    table[HEADER.scratch / 4] = this.address + scratchAt;
    table[HEADER.scratchStride / 4] = scratchStride;
    let list = listsAt / 4;
    code.steps.forEach(({ code: index, tasks, args }, i) => {
      const step = (HEADER.bytes + STEP.bytes * i) / 4;
      table[step + STEP.code / 4] = index;
      table[step + STEP.tasks / 4] = tasks;
      table[step + STEP.args / 4] = this.address + 4 * list;
      for (const buffer of args) {
        const bound = position.get(buffer);
        if (bound !== undefined) slots[bound]?.push(list);
        else {
          const at = buffer === WORKSPACE ? workspaceAt : temporariesAt + (plan.offsets[buffer] ?? 0);
          table[list] = this.address + at;
        }
        list++;
      }
    });
    this.#slots = slots;
  }

  /**
   * Validates the buffers of a run.
   *
   * @param external External buffers.
   * @throws {RangeError} If there are too few or too many, or one is too small.
   */
  check(external: readonly WasmBuffer[]): void {
    if (external.length !== this.externalBytes.length) {
      throw new RangeError(`the program needs ${this.externalBytes.length} buffers, got ${external.length}`);
    }
    this.externalBytes.forEach((bytes, i) => {
      const given = external[i]?.bytes ?? 0;
      if (given < bytes) {
        throw new RangeError(`buffer ${i} of the program needs ${bytes} bytes, got ${given}`);
      }
    });
  }

  /** Binds the external buffers. */
  bind(external: readonly WasmBuffer[]): void {
    const words = new Int32Array(this.#memory.memory.buffer);
    const base = this.address / 4;
    this.#slots.forEach((slots, i) => {
      const address = external[i]?.address ?? 0;
      for (const slot of slots) words[base + slot] = address;
    });
  }

  /** Resets the barrier and the step counters after a failed run. */
  reset(steps: number): void {
    const words = this.#memory.words(this.address, (HEADER.bytes + STEP.bytes * steps) / 4);
    for (const field of [HEADER.arrived, HEADER.aborted, HEADER.sleepers]) words[field / 4] = 0;
    for (let i = 0; i < steps; i++) words[(HEADER.bytes + STEP.bytes * i + STEP.counter) / 4] = 0;
  }

  /** Frees the memory. */
  release(): void {
    this.#memory.release(this.address);
  }
}
