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

/** A part of a program that the run loop runs at once. */
export interface Segment {
  /** Address of its header. */
  readonly address: number;
  /** Its steps, in the code of the program. */
  readonly begin: number;
  readonly end: number;
}

/** The memory layout of a loaded program, and the binding of its external buffers. */
export class LoadedProgram {
  /** The parts between exchanges with other ranks; one if there are none. */
  readonly segments: readonly Segment[];
  /** Bytes of temporaries, workspace and scratch. */
  readonly temporaryBytes: number;
  /** Minimum sizes of the external buffers. */
  readonly externalBytes: readonly number[];
  readonly #memory: WasmMemory;
  readonly #address: number;
  /** Address of each temporary. */
  readonly #temporaries: ReadonlyMap<number, number>;
  /** Addresses of the external buffers of the last run, by program buffer. */
  readonly #bound = new Map<number, number>();
  readonly #external: readonly number[];
  /** For each external buffer, the indices of the words that hold its address. */
  readonly #slots: readonly number[][];

  /**
   * Allocates memory for a program and writes its steps.
   *
   * @param program Program.
   * @param code Its code.
   * @param memory Memory to allocate from.
   * @param threads Number of threads that may run it.
   * @param cuts Steps of the code at which segments after the first one begin, ascending. Default: none.
   * @throws {RangeError} If the memory is too small.
   */
  constructor(
    program: Program,
    code: ProgramCode,
    memory: WasmMemory,
    threads: number,
    cuts: readonly number[] = [],
  ) {
    this.#memory = memory;
    const plan = planTemporaries(program);
    const words = code.steps.reduce((sum, { args }) => sum + args.length, 0);
    const scratchStride = align(code.scratchBytes);
    const ends = [...cuts, code.steps.length];
    let listsAt = 0;
    const parts = ends.map((end, i) => {
      const begin = ends[i - 1] ?? 0, at = listsAt;
      listsAt += align(HEADER.bytes + STEP.bytes * (end - begin));
      return { at, begin, end };
    });
    const scratchAt = align(listsAt + 4 * words);
    const workspaceAt = scratchAt + scratchStride * threads;
    const temporariesAt = align(workspaceAt + code.workspaceBytes);
    this.temporaryBytes = temporariesAt + align(plan.bytes) - scratchAt;
    const address = this.#address = memory.allocate(temporariesAt + plan.bytes);
    this.segments = parts.map(({ at, begin, end }) => ({ address: address + at, begin, end }));
    this.#temporaries = new Map(plan.offsets.map((offset, id) => [id, address + temporariesAt + offset]));
    const external = this.#external = program.buffers.flatMap(({ role }, id) =>
      role === "external" ? [id] : []
    );
    this.externalBytes = external.map((id) => program.buffers[id]?.bytes ?? 0);
    const position = new Map(external.map((id, i) => [id, i]));
    const slots = external.map((): number[] => []);
    const table = memory.words(address, scratchAt / 4).fill(0);
    let list = listsAt / 4;
    for (const { at, begin, end } of parts) {
      const header = at / 4;
      table[header + HEADER.steps / 4] = end - begin;
      table[header + HEADER.scratch / 4] = address + scratchAt;
      table[header + HEADER.scratchStride / 4] = scratchStride;
      code.steps.slice(begin, end).forEach(({ code: index, tasks, args }, i) => {
        const step = header + (HEADER.bytes + STEP.bytes * i) / 4;
        table[step + STEP.code / 4] = index;
        table[step + STEP.tasks / 4] = tasks;
        table[step + STEP.args / 4] = address + 4 * list;
        for (const buffer of args) {
          const bound = position.get(buffer);
          if (bound !== undefined) slots[bound]?.push(list);
          else table[list] = buffer === WORKSPACE ? address + workspaceAt : this.#temporaries.get(buffer)!;
          list++;
        }
      });
    }
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
    const base = this.#address / 4;
    this.#slots.forEach((slots, i) => {
      const address = external[i]?.address ?? 0;
      this.#bound.set(this.#external[i]!, address);
      for (const slot of slots) words[base + slot] = address;
    });
  }

  /** Returns the address of a buffer of the program, as bound last. */
  addressOf(buffer: number): number {
    return this.#bound.get(buffer) ?? this.#temporaries.get(buffer)!;
  }

  /** Resets the barriers and the step counters after a failed run. */
  reset(): void {
    for (const { address, begin, end } of this.segments) {
      const words = this.#memory.words(address, (HEADER.bytes + STEP.bytes * (end - begin)) / 4);
      for (const field of [HEADER.arrived, HEADER.aborted, HEADER.sleepers]) words[field / 4] = 0;
      for (let i = 0; i < end - begin; i++) words[(HEADER.bytes + STEP.bytes * i + STEP.counter) / 4] = 0;
    }
  }

  /** Frees the memory. */
  release(): void {
    this.#memory.release(this.#address);
  }
}
