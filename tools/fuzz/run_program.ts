/**
 * Runs a program on a device and compares every element with the oracle.
 * @module
 */
import { compile, evaluate, type KernelDevice, placeholder, type Tensor, vmap } from "@gasp/tensor";
import { ARITHMETIC, type Bounded } from "./oracle/bounded.ts";
import { evaluateBounded } from "./oracle/oracle.ts";
import {
  argumentsOf,
  argumentTensor,
  elementsOf,
  hostTensor,
  joined,
  mappedSize,
  sharedWith,
} from "./program/arguments.ts";
import { buildOutputs, withDerivatives } from "./program/build.ts";
import { leafValues } from "./program/leaf_values.ts";
import type { Program } from "./program/program.ts";

/** What was wrong. */
export interface Failure {
  /** Kind of the failure, which minimising preserves. */
  readonly kind: "value" | "error" | "leak" | "argument" | "shape" | "derivative" | "memory";
  readonly message: string;
}

/** Result of a run. */
export interface Outcome {
  readonly failure?: Failure;
  /** Elements compared. */
  readonly compared: number;
  /** Elements of which nothing was known. */
  readonly open: number;
}

/** The function that the program is, of its arguments. */
function functionOf(program: Program): (...args: Tensor[]) => Tensor[] {
  const order = argumentsOf(program).map(([step]) => step);
  const single = (...args: Tensor[]) => {
    const outputs = buildOutputs(program, (leaf, step) => {
      const position = order.indexOf(step);
      return position >= 0 ? args[position]! : hostTensor(leaf, leafValues(leaf));
    });
    return withDerivatives(outputs, args, program.run.order);
  };
  const { batch } = program.run;
  if (!batch) return single;
  return vmap(single, { inAxes: order.map((step) => (batch.mapped.includes(step) ? 0 : null)) });
}

/**
 * Evaluates a program by the oracle.
 *
 * @param program The program.
 * @param run Number of the run: 0, or that of other data.
 * @param kind Device to allow errors for.
 * @returns Bounds of each output.
 */
export function expectedOf(program: Program, run: number, kind: KernelDevice["info"]["kind"]): Bounded[] {
  const leaves = argumentsOf(program), inputs = leaves.map(([, leaf]) => placeholder(leaf.shape, leaf.dtype));
  const { batch: _, ...unbatched } = program.run, { batch } = program.run;
  const outputs = functionOf({ ...program, run: unbatched })(...inputs);
  const examples = Array.from({ length: batch?.size ?? 1 }, (_, example) => {
    const bindings = new Map(
      leaves.map(([step, leaf], i) => {
        const size = mappedSize(program.run, step);
        return [inputs[i]!, elementsOf(leaf, run, size === undefined ? 0 : example, size)];
      }),
    );
    return evaluateBounded(outputs, bindings, ARITHMETIC[kind]);
  });
  return outputs.map((_, i) => ({
    value: joined(examples.map((example) => example[i]!.value)),
    error: joined(examples.map((example) => example[i]!.error)),
  }));
}

/** Concrete arguments on a device; shared ones are the same tensor. */
async function argumentsOn(program: Program, run: number, device: KernelDevice): Promise<Tensor[]> {
  const leaves = argumentsOf(program), steps = leaves.map(([step]) => step);
  const values = leaves.map(([step, leaf]) => argumentTensor(leaf, run, mappedSize(program.run, step)));
  const distinct = steps.map((step) => sharedWith(program, step) ?? step);
  const owned = steps.filter((step, i) => distinct[i] === step);
  const tensors = owned.length === 0
    ? []
    : await evaluate(owned.map((step) => values[steps.indexOf(step)]!), device);
  return distinct.map((step) => tensors[owned.indexOf(step)]!);
}

/**
 * Runs a program on a device.
 *
 * @param program The program.
 * @param device The device.
 * @param alone Whether nothing else uses the device, so that buffers can be counted.
 */
export async function runProgram(program: Program, device: KernelDevice, alone = true): Promise<Outcome> {
  const before = device.liveBuffers, counts = { compared: 0, open: 0 };
  let failure: Failure | undefined;
  try {
    failure = await runBoth(program, device, counts);
  } catch (error) {
    failure = {
      kind: "error",
      message: error instanceof Error ? error.stack ?? error.message : String(error),
    };
  }
  if (!failure && alone) {
    for (let wait = 0; wait < 20 && device.liveBuffers > before; wait++) {
      await new Promise((done) => setTimeout(done));
    }
    const left = device.liveBuffers - before;
    if (left !== 0) {
      failure = { kind: "leak", message: `${left} buffers are left after the program was released` };
    }
  }
  return { ...counts, ...(failure && { failure }) };
}

/** Runs a program and the one beside it. */
async function runBoth(
  program: Program,
  device: KernelDevice,
  counts: { compared: number; open: number },
): Promise<Failure | undefined> {
  const all = program.beside ? [program, program.beside] : [program];
  if (program.run.concurrent) {
    const failures = await Promise.all(all.map((each) => runOnce(each, device, counts)));
    return failures.find((failure) => failure !== undefined);
  }
  for (const each of all) {
    const failure = await runOnce(each, device, counts);
    if (failure) return failure;
  }
  return undefined;
}

async function runOnce(
  program: Program,
  device: KernelDevice,
  counts: { compared: number; open: number },
): Promise<Failure | undefined> {
  const { run } = program, fn = functionOf(program);
  const positions = argumentsOf(program).map(([step]) => step);
  const donated = run.donated.map((step) => positions.indexOf(step)).filter((i) => i >= 0);
  const options = { device, donateArgnums: donated };
  using free = compile(fn, options);
  const memoryBytes = run.memoryPart === undefined || run.evaluated
    ? undefined
    : await limitOf(free, program, run.memoryPart);
  using compiled = compile(fn, { ...options, ...(memoryBytes !== undefined && { memoryBytes }) });
  /** A limit changes no bit. */
  const compareUnlimited = async (
    number: number,
    limited: readonly Tensor[],
  ): Promise<Failure | undefined> => {
    const args = await argumentsOn(program, number, device), outputs: Tensor[] = [];
    try {
      outputs.push(...await free(...args));
      for (const [i, output] of outputs.entries()) {
        const [a, b] = [await output.data(), await limited[i]!.data()];
        const at = a.findIndex((x: number, j: number) => !Object.is(x, b[j]));
        if (at < 0) continue;
        const message =
          `run ${number}, output ${i}: element ${at} is ${b[at]} with memoryBytes ${memoryBytes}, ` +
          `but ${a[at]} without a limit`;
        return { kind: "memory", message };
      }
      return undefined;
    } finally {
      for (const tensor of [...outputs, ...args]) tensor.dispose();
    }
  };
  const call = async (number: number): Promise<Failure | undefined> => {
    const args = await argumentsOn(program, number, device);
    const kept = await Promise.all(args.map((arg, i) => (donated.includes(i) ? undefined : arg.data())));
    const outputs: Tensor[] = [];
    try {
      outputs.push(...run.evaluated ? await evaluate(fn(...args), device) : await compiled(...args));
      const expected = expectedOf(program, number, device.info.kind);
      for (const [i, output] of outputs.entries()) {
        const found = compare(await output.data(), expected[i]!, counts);
        if (found) {
          return {
            ...found,
            message: `run ${number}, output ${i} of shape [${output.shape}]: ${found.message}`,
          };
        }
      }
      if (memoryBytes !== undefined) {
        const failure = await compareUnlimited(number, outputs);
        if (failure) return failure;
      }
      for (const [i, elements] of kept.entries()) {
        if (elements && !sameBits(elements, await args[i]!.data())) {
          return { kind: "argument", message: `argument ${i}, which is not donated, was changed` };
        }
      }
      return undefined;
    } finally {
      for (const output of outputs) output.dispose();
      for (const arg of args) arg.dispose();
    }
  };
  const numbers = Array.from({ length: run.repeats + 1 }, (_, i) => i);
  if (run.concurrent) return (await Promise.all(numbers.map(call))).find((failure) => failure !== undefined);
  for (const number of numbers) {
    const failure = await call(number);
    if (failure) return failure;
  }
  return undefined;
}

async function limitOf(
  free: { plan(...args: Tensor[]): Promise<{ temporaryBytes: number; externalBytes: number }> },
  program: Program,
  part: number,
): Promise<number> {
  const shapes = argumentsOf(program).map(([step, { shape, dtype }]) => {
    const size = mappedSize(program.run, step);
    return placeholder(size === undefined ? shape : [size, ...shape], dtype);
  });
  const { temporaryBytes, externalBytes } = await free.plan(...shapes);
  return Math.ceil((temporaryBytes + externalBytes) * part);
}

function sameBits(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length && Array.from(a).every((x, i) => Object.is(x, b[i]));
}

/** Compares elements with their bounds; returns the worst one that is out of them. */
function compare(
  got: ArrayLike<number>,
  { value, error }: Bounded,
  counts: { compared: number; open: number },
): Failure | undefined {
  if (got.length !== value.length) {
    return { kind: "shape", message: `${got.length} elements instead of ${value.length}` };
  }
  let worst: { i: number; excess: number } | undefined;
  for (let i = 0; i < value.length; i++) {
    const allowed = error[i]!, x = got[i]!, y = value[i]!;
    if (allowed === Infinity) {
      counts.open++;
      continue;
    }
    counts.compared++;
    const difference = Math.abs(x - y);
    if (difference <= allowed || Object.is(x, y) || (x === 0 && y === 0) || x === y) continue;
    const excess = Number.isNaN(difference) ? Infinity : difference / Math.max(allowed, 1e-300);
    if (!worst || excess > worst.excess) worst = { i, excess };
  }
  if (!worst) return undefined;
  const { i } = worst;
  return { kind: "value", message: `element ${i} is ${got[i]} instead of ${value[i]} ± ${error[i]}` };
}
