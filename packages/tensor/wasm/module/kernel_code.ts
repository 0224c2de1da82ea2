/**
 * What every kernel printer gives: a WebAssembly function `(args, task, scratch)` and how often to call it.
 * @module
 */
import type { FunctionBuilder, Local } from "./function_builder.ts";
import type { SharedFunctions } from "./shared_functions.ts";

/** Code for a kernel. How the work is split depends on shapes only, so that results do not depend on threads. */
export interface KernelCode {
  /** Independent pieces of work, in any order. */
  readonly tasks: number;
  /** Bytes of memory of its own that a running task needs. */
  readonly scratchBytes: number;
  /** Scalar operations of all tasks together, roughly. */
  readonly work: number;
  /** Adds the functions to a module. @returns The number of the task function. */
  emit(shared: SharedFunctions): number;
}

/** Parameters of a task function: the list of buffer addresses, the number of the task, the thread's scratch. */
export const TASK_PARAMETERS = ["i32", "i32", "i32"] as const;

/** For kernels without work: a task function that is never called. */
export function emitNothing({ module }: SharedFunctions): number {
  return module.function(TASK_PARAMETERS, () => {});
}

/** A named view of the parameters of a task function. */
export interface TaskParameters {
  /** Address of the list of buffer addresses. */
  readonly args: Local;
  /** Number of the task. */
  readonly task: Local;
  /** Address of the thread's own memory. */
  readonly scratch: Local;
}

/** The parameters of the task function under construction. */
export function taskParameters(f: FunctionBuilder): TaskParameters {
  const [args, task, scratch] = f.parameters;
  if (!args || !task || !scratch) throw new Error("a task function has three parameters");
  return { args, task, scratch };
}

/** So many locals: a tuple where the number is known. */
type Pointers<Count extends number, Found extends Local[] = []> = number extends Count ? Local[]
  : Found["length"] extends Count ? Found
  : Pointers<Count, [...Found, Local]>;

/** Loads the address of each buffer slot. */
export function loadPointers<Count extends number>(
  f: FunctionBuilder,
  args: Local,
  count: Count,
): Pointers<Count> {
  return Array.from({ length: count }, (_, slot) => {
    const pointer = f.local("i32");
    f.get(args).memory("i32.load", 4 * slot).set(pointer);
    return pointer;
  }) as Pointers<Count>;
}

/** Sets a new local to `min(chunk, size - start)`; a plain number where every chunk is whole. */
export function chunkSize(
  f: FunctionBuilder,
  start: Local | undefined,
  chunk: number,
  size: number,
): Local | number {
  if (!start) return Math.min(chunk, size);
  if (size % chunk === 0) return chunk;
  const left = f.local("i32"), count = f.local("i32");
  f.i32(size).get(start).op("i32.sub").set(left);
  f.get(left).i32(chunk).get(left).i32(chunk).op("i32.lt_u").op("select").set(count);
  return count;
}

/** Product of sizes. */
export function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}
