/**
 * `compile(fn)` traces a pure function of trees of tensors once for each set of shapes and gives a program that replays
 * without graph work. `evaluate` does the same once, for the values of a graph.
 * @module
 */
import { showShape } from "../graph/shape.ts";
import { fromStorage, makeNode, type Tensor } from "../graph/tensor.ts";
import { interpret } from "../reference/interpret.ts";
import { type Device, isKernelDevice } from "../core/target.ts";
import { type Tree, treeLeaves, treeMap, treePaths, treeUnflatten } from "../graph/tree.ts";
import { type CompiledProgram, type PlanReport, prepareProgram } from "./program.ts";

/** Options of {@link compile}. */
export interface CompileOptions {
  /** Where the function runs. */
  readonly device: Device;
  /**
   * Positions of arguments whose tensors the call consumes: their memory is reused for results, in place where that is
   * possible. They must not be used afterwards.
   */
  readonly donateArgnums?: readonly number[];
  /**
   * Bytes that a program should fit into, inputs and outputs included. What waits long for its next use is then computed
   * twice, which changes no result. What the program takes in the end its plan says. Default: no limit.
   */
  readonly memoryBytes?: number;
}

/** A compiled function. */
export interface Compiled<A extends readonly Tree[], R extends Tree> extends Disposable {
  /**
   * Runs the program, tracing it first for new shapes.
   *
   * @returns A tree of concrete tensors on the device; dispose of them, or donate them to another call.
   */
  (...args: A): Promise<R>;
  /** What the program for these arguments takes, without running it. Only shapes and types of the arguments matter. */
  plan(...args: A): Promise<PlanReport>;
  /** Frees programs and captured constants. `using f = compile(…)` does so at the end of the block. */
  release(): void;
}

interface Trace<R extends Tree> {
  readonly result: R;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

function traceFunction<A extends readonly Tree[], R extends Tree>(fn: (...args: A) => R, args: A): Trace<R> {
  const inputs: Tensor[] = [];
  const placeholders = args.map((arg) =>
    treeMap(arg, (leaf) => {
      const input = makeNode("input", {}, [], leaf.shape, leaf.dtype);
      inputs.push(input);
      return input;
    })
  ) as unknown as A;
  const result = fn(...placeholders);
  return { result, inputs, outputs: treeLeaves(result) };
}

function signature(args: readonly Tree[]): string {
  const parts: string[] = [];
  treeMap(args as readonly Tree[], (leaf, path) => {
    parts.push(`${path}:${leaf.dtype}${showShape(leaf.shape)}`);
    return leaf;
  });
  return parts.join(";");
}

/**
 * Which outputs are the next value of which inputs, judged by their paths: `state/weight` of a result follows `weight` of an
 * argument, and a result's `1` follows argument 1.
 *
 * @returns Positions of inputs by positions of outputs.
 */
function findPredecessors(args: readonly Tree[], result: Tree): Map<number, number> {
  const inputs = args.flatMap((arg, i) =>
    [...treePaths(arg).keys()].map((path) => path === "" ? `${i}` : path)
  );
  const found = new Map<number, number>();
  [...treePaths(result).keys()].forEach((path, position) => {
    const input = inputs.findIndex((candidate) => path === candidate || path.endsWith(`/${candidate}`));
    if (input >= 0) found.set(position, input);
  });
  return found;
}

/**
 * Compiles a pure function of trees of tensors.
 *
 * @param fn Called once for each new set of shapes, with placeholders; it must not look at values. Concrete tensors that
 *   it closes over become constants of the program.
 * @param options Where it runs, and which arguments it may consume.
 * @returns The compiled function.
 */
export function compile<A extends readonly Tree[], R extends Tree>(
  fn: (...args: A) => R,
  options: CompileOptions,
): Compiled<A, R> {
  const { device } = options;
  const traces = new Map<string, Trace<R>>();
  const programs = new Map<string, Promise<CompiledProgram>>();
  const donated = new Set(options.donateArgnums ?? []);

  const traced = (args: A): [string, Trace<R>] => {
    const key = signature(args);
    let trace = traces.get(key);
    if (!trace) traces.set(key, trace = traceFunction(fn, args));
    return [key, trace];
  };
  const program = (args: A): Promise<CompiledProgram> => {
    if (!isKernelDevice(device)) throw new Error("the reference interpreter makes no program");
    const [key, trace] = traced(args);
    let prepared = programs.get(key);
    if (!prepared) {
      const donatable = args.flatMap((arg, i) => treeLeaves(arg).map(() => donated.has(i)));
      const predecessors = findPredecessors(args, trace.result);
      prepared = prepareProgram(
        device,
        trace.inputs,
        trace.outputs,
        donatable,
        options.memoryBytes,
        predecessors,
      );
      programs.set(key, prepared);
      prepared.catch(() => programs.delete(key));
    }
    return prepared;
  };

  const call = async (...args: A): Promise<R> => {
    const [, trace] = traced(args);
    const leaves = args.flatMap((arg) => treeLeaves(arg));
    if (isKernelDevice(device)) return treeUnflatten(trace.result, await (await program(args)).run(leaves));
    const outputs = await interpretTrace(trace, leaves);
    args.forEach((arg, i) => donated.has(i) && treeLeaves(arg).forEach((leaf) => leaf.dispose()));
    return treeUnflatten(trace.result, outputs);
  };
  const release = () => {
    for (const prepared of programs.values()) prepared.then((p) => p.release(), () => {});
    programs.clear();
    traces.clear();
  };
  return Object.assign(call, {
    plan: async (...args: A) => (await program(args)).report,
    release,
    [Symbol.dispose]: release,
  });
}

async function interpretTrace(trace: Trace<Tree>, leaves: readonly Tensor[]): Promise<Tensor[]> {
  const bindings = new Map<Tensor, Float64Array>();
  for (const [i, input] of trace.inputs.entries()) {
    bindings.set(input, Float64Array.from(await leaves[i]!.data()));
  }
  return interpret(trace.outputs, bindings).map((data, i) => {
    const { shape, dtype } = trace.outputs[i]!;
    return fromStorage({ kind: "host", data }, shape, dtype);
  });
}

/**
 * Computes the values of a tree of tensors, once. For work that repeats, {@link compile} a function instead.
 *
 * @param tree Recipes or concrete tensors.
 * @param device Where to compute.
 * @returns The same tree of concrete tensors.
 */
export async function evaluate<T extends Tree>(tree: T, device: Device): Promise<T> {
  const outputs = treeLeaves(tree);
  if (!isKernelDevice(device)) {
    return treeUnflatten(tree, await interpretTrace({ result: tree, inputs: [], outputs }, []));
  }
  const program = await prepareProgram(device, [], outputs, []);
  try {
    return treeUnflatten(tree, await program.run([]));
  } finally {
    program.release();
  }
}
