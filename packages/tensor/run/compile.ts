/**
 * `compile(fn)` traces a pure function of trees of tensors once per set of shapes and returns a function that runs the
 * resulting program without building graphs.
 * @module
 */
import { type Device, isKernelDevice } from "../device/any_device.ts";
import { type Communicator, soloCommunicator } from "../device/communicator.ts";
import { runForRanks } from "../graph/ranks.ts";
import { makeNode, type Tensor } from "../graph/tensor.ts";
import { topologicalOrder } from "../graph/traverse.ts";
import { type Tree, treeLeaves, treeUnflatten } from "../graph/tree.ts";
import type { CompiledProgram, PlanReport } from "../compile/device_program.ts";
import { prepareProgram } from "../compile/program.ts";
import { type Arguments, type FlatArguments, flattenArguments, unflattenArguments } from "./arguments.ts";
import { checkArguments } from "./check_arguments.ts";
import { findPredecessors } from "./predecessors.ts";
import { checkTables, type TablePlace, tablePlaces } from "./table_arguments.ts";
import { evaluate } from "./evaluate.ts";
import { ProgramStore } from "./program_store.ts";

/**
 * Options of {@link compile}.
 *
 * @category Compilation
 */
export interface CompileOptions {
  /** Device that runs the function. */
  readonly device: Device;
  /**
   * Indices of donated arguments: the call consumes their tensors and reuses their memory for results, in place where
   * possible. They must not be used afterwards.
   */
  readonly donateArgnums?: readonly number[];
  /**
   * The ranks that run the program together, each with arguments of its own: `allReduce` and the like then act on them.
   * All of them compile the same function and make the same calls. Default: one rank.
   */
  readonly communicator?: Communicator;
  /**
   * Bytes that a program should fit into, inputs and outputs included. Values with a distant next use are then
   * recomputed (rematerialisation), which changes no result. {@link Compiled.plan} reports the memory of the program.
   * Default: no limit.
   */
  readonly memoryBytes?: number;
}

/**
 * A compiled function.
 *
 * @category Compilation
 */
export interface Compiled<A extends readonly Tree[], R extends Tree> extends Disposable {
  /**
   * Runs the program, tracing the function first for new shapes. A number, a boolean, a typed array or nested arrays of
   * numbers may replace a tensor; do not modify an array before the promise settles. Unevaluated tensors are evaluated
   * first.
   *
   * @returns A tree of concrete tensors on the device; dispose them, or donate them to another call.
   * @throws {TypeError} If an argument is not a tree of tensors, or the function returns anything else.
   * @throws {Error} If a tensor has been disposed, is on another device, or is donated and passed twice; the message
   *   names it: `argument 0.layers.1.weight`. A call that throws consumes no arguments unless the program has started
   *   to run.
   */
  (...args: Arguments<A>): Promise<R>;
  /**
   * Reports the memory and work of the program for these arguments, without running it. Only shapes and types of the
   * arguments matter; see {@link placeholder}.
   */
  plan(...args: Arguments<A>): Promise<PlanReport>;
  /** Frees programs and captured constants; `using f = compile(…)` does so at the end of the block. */
  release(): void;
}

/** Programs kept by a compiled function, one for each set of shapes; the least recently used is released first. */
const MAX_PROGRAMS = 64;

interface Trace<R extends Tree> {
  readonly result: R;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** Concrete tensors that the function closes over. */
  readonly captured: ReadonlySet<Tensor>;
  /** Index tables among the arguments. */
  readonly tables: readonly TablePlace[];
}

const ASYNC =
  "compile() expects a function that returns tensors, and this one is async: it is called once, with placeholders " +
  "that have no elements, so there is nothing to await; await outside of it";

/** Whether a function is declared `async`; one that returns a promise is found only by calling it. */
function isAsync(fn: unknown): boolean {
  return Object.prototype.toString.call(fn) === "[object AsyncFunction]";
}

function traceFunction<A extends readonly Tree[], R extends Tree>(
  fn: (...args: A) => R,
  args: readonly unknown[],
  { leaves }: FlatArguments,
  communicator: Communicator,
): Trace<R> {
  const inputs = leaves.map(({ tensor: { shape, dtype } }) => makeNode("input", {}, [], shape, dtype));
  const result = runForRanks(communicator, () => fn(...unflattenArguments(args, inputs) as unknown as A));
  if (result instanceof Promise) {
    // Its rejection would be a consequence of this error
    result.catch(() => {});
    throw new TypeError(ASYNC);
  }
  const outputs = treeLeaves(result);
  const order = topologicalOrder(outputs), captured = order.filter(({ isConcrete }) => isConcrete);
  return { result, inputs, outputs, captured: new Set(captured), tables: tablePlaces(order, inputs) };
}

/** The traces and programs of one function. */
class CompiledFunction<A extends readonly Tree[], R extends Tree> {
  readonly #fn: (...args: A) => R;
  readonly #device: Device;
  readonly #donated: ReadonlySet<number>;
  readonly #communicator: Communicator;
  readonly #memoryBytes: number | undefined;
  readonly #traces = new Map<string, Trace<R>>();
  readonly #programs = new ProgramStore(MAX_PROGRAMS);
  #calls = 0;
  #isReleased = false;

  constructor(fn: (...args: A) => R, options: CompileOptions) {
    const { device, communicator = soloCommunicator, donateArgnums, memoryBytes } = options;
    this.#fn = fn;
    this.#device = device;
    this.#communicator = communicator;
    this.#donated = new Set(donateArgnums);
    this.#memoryBytes = memoryBytes;
  }

  async call(args: readonly unknown[]): Promise<R> {
    this.#calls++;
    try {
      const flat = flattenArguments(args);
      const trace = this.#traced(args, flat);
      checkArguments(flat.leaves, { device: this.#device, donated: this.#donated, captured: trace.captured });
      checkTables(trace.tables, flat.leaves.map(({ tensor }) => tensor));
      return treeUnflatten(trace.result, await this.#runOn(trace, flat));
    } finally {
      this.#calls--;
      if (this.#isReleased) this.release();
    }
  }

  async plan(args: readonly unknown[]): Promise<PlanReport> {
    const flat = flattenArguments(args);
    return await this.#withProgram(this.#traced(args, flat), flat, ({ report }) => report);
  }

  /** Frees everything, after the last running call. */
  release(): void {
    this.#isReleased = this.#calls > 0;
    if (this.#isReleased) return;
    this.#programs.clear();
    this.#traces.clear();
  }

  #traced(args: readonly unknown[], flat: FlatArguments): Trace<R> {
    const { signature } = flat;
    const trace = this.#traces.get(signature) ?? traceFunction(this.#fn, args, flat, this.#communicator);
    this.#traces.delete(signature);
    this.#traces.set(signature, trace);
    if (this.#traces.size > MAX_PROGRAMS) this.#traces.delete(this.#traces.keys().next().value!);
    return trace;
  }

  #withProgram<T>(
    { inputs, outputs, result }: Trace<R>,
    { leaves, signature }: FlatArguments,
    use: (program: CompiledProgram) => T | Promise<T>,
  ): Promise<T> {
    const device = this.#device;
    if (!isKernelDevice(device)) throw new Error("the reference interpreter compiles no program");
    const prepare = () => {
      const donated = leaves.map(({ argument }) => this.#donated.has(argument));
      const predecessors = findPredecessors(leaves, result);
      return prepareProgram(device, inputs, outputs, {
        donated,
        memoryBytes: this.#memoryBytes,
        predecessors,
        communicator: this.#communicator,
      });
    };
    return this.#programs.use(signature, prepare, use);
  }

  /** Runs a program on the arguments, evaluating them first where necessary. */
  async #runOn(trace: Trace<R>, flat: FlatArguments): Promise<Tensor[]> {
    const tensors = flat.leaves.map(({ tensor }) => tensor);
    const pending = tensors.filter(({ isConcrete }) => !isConcrete);
    if (pending.length === 0) return await this.#run(trace, flat, tensors);
    const values = await evaluate(pending, this.#device);
    try {
      const inputs = tensors.map((tensor) => tensor.isConcrete ? tensor : values[pending.indexOf(tensor)]!);
      return await this.#run(trace, flat, inputs);
    } finally {
      for (const value of values) value.dispose();
    }
  }

  async #run(trace: Trace<R>, flat: FlatArguments, inputs: readonly Tensor[]): Promise<Tensor[]> {
    if (isKernelDevice(this.#device)) {
      return await this.#withProgram(trace, flat, (program) => program.run(inputs));
    }
    // Loaded on first use, since programs for devices need no interpreter
    const { interpretWith } = await import("./interpret_with.ts");
    const { checkNumbers } = this.#device;
    const outputs = await interpretWith(
      trace.outputs,
      trace.inputs,
      inputs,
      checkNumbers,
      this.#communicator,
    );
    flat.leaves.forEach(({ argument }, i) => this.#donated.has(argument) && inputs[i]!.dispose());
    return outputs;
  }
}

/** Releases the programs of compiled functions that were garbage-collected. */
const registry = new FinalizationRegistry<{ release(): void }>((programs) => programs.release());

/**
 * Compiles a pure function of trees of tensors.
 *
 * @param fn Called once per set of shapes, with placeholders: it must not read values. Concrete tensors that it closes
 *   over become constants of the program.
 * @param options Device, and the arguments that calls may consume.
 * @returns The compiled function.
 * @throws {TypeError} If the function is async.
 *
 * @example One step of gradient descent, in place
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { compile, mul, openDevice, sub, type Tensor, tensor } from "@gasp/tensor";
 *
 * await using device = await openDevice("wasm");
 * using descend = compile(
 *   (x: Tensor, slope: Tensor, rate: Tensor) => sub(x, mul(rate, slope)),
 *   { device, donateArgnums: [0] },
 * );
 * using x = await descend(tensor([1, 2]), [2, 4], 0.5); // numbers and arrays convert to tensors
 * assertEquals(await x.data(), Float32Array.of(0, 0));
 * ```
 *
 * @category Compilation
 */
export function compile<A extends readonly Tree[], R extends Tree>(
  fn: (...args: A) => R,
  options: CompileOptions,
): Compiled<A, R> {
  if (isAsync(fn)) throw new TypeError(ASYNC);
  const programs = new CompiledFunction(fn, options);
  const release = () => programs.release();
  const compiled: Compiled<A, R> = Object.assign((...args: readonly unknown[]) => programs.call(args), {
    plan: (...args: readonly unknown[]) => programs.plan(args),
    release,
    [Symbol.dispose]: release,
  });
  registry.register(compiled, programs);
  return compiled;
}
