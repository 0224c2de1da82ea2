/**
 * Makes a failing program smaller while it still fails in the same way.
 * @module
 */
import { sizeOf, type Tensor } from "@gasp/tensor";
import { interpret } from "../../packages/tensor/reference/interpret.ts";
import { hostTensor } from "./program/arguments.ts";
import { buildSteps, partOf } from "./program/build.ts";
import { leafValues } from "./program/leaf_values.ts";
import {
  type Leaf,
  type LeafData,
  mapArgument,
  type Program,
  Reference,
  referencesIn,
  type RunOptions,
  type Step,
  withoutUnused,
} from "./program/program.ts";

/** Whether a program still fails. */
export type Fails = (program: Program) => Promise<boolean>;

/** Largest number of elements of a result that becomes a leaf. */
const LARGEST_CUT = 4000;

/** Smaller programs to try, the most promising first. */
type Shrink = (program: Program) => Iterable<Program>;

/**
 * Minimises a program.
 *
 * @param program A failing program.
 * @param fails Whether a program fails in the same way; errors of building count as not failing.
 * @param seconds Time limit.
 */
export async function minimise(program: Program, fails: Fails, seconds = 60): Promise<Program> {
  const end = performance.now() + 1000 * seconds;
  let smallest = program;
  for (let changed = true; changed;) {
    changed = false;
    for (const shrink of SHRINKS) {
      for (let again = true; again;) {
        again = false;
        for (const candidate of shrink(smallest)) {
          if (performance.now() > end) return smallest;
          const smaller = withoutUnused(candidate);
          if (!await Promise.resolve().then(() => fails(smaller)).catch(() => false)) continue;
          smallest = smaller;
          changed = again = true;
          break;
        }
      }
    }
  }
  return smallest;
}

function* fewerOutputs(program: Program): Iterable<Program> {
  const { outputs } = program;
  if (outputs.length < 2) return;
  for (const output of outputs) yield { ...program, outputs: [output] };
  for (let i = 0; i < outputs.length; i++) yield { ...program, outputs: outputs.toSpliced(i, 1) };
}

/** Operands become outputs instead of their results. */
function* earlierOutputs(program: Program): Iterable<Program> {
  const { steps, outputs } = program, values = valuesOf(program);
  for (const [i, { step }] of outputs.entries()) {
    const call = steps[step]!;
    if (call.kind === "leaf") continue;
    for (const operand of referencesIn(call.args)) {
      if (operand.path.length === 0 && !values[operand.step]) continue;
      yield { ...program, outputs: outputs.with(i, operand) };
    }
  }
}

/** Calls with several results of which one is used alone become that one. */
function* onlyResults(program: Program): Iterable<Program> {
  const { steps, outputs } = program;
  for (const [i, step] of steps.entries()) {
    if (step.kind === "leaf") continue;
    const used = [
      ...outputs,
      ...steps.flatMap((user) => (user.kind === "call" ? referencesIn(user.args) : [])),
    ]
      .filter((reference) => reference.step === i);
    const [first] = used;
    if (!first || first.path.length === 0 || used.some(({ path }) => path.join() !== first.path.join())) {
      continue;
    }
    const values = buildSteps(steps, (leaf) => hostTensor(leaf, leafValues(leaf)));
    const value = partOf(values[i]!, first.path) as Tensor;
    if (value.size > LARGEST_CUT) continue;
    const whole = (part: Reference) => (part.step === i ? new Reference(i) : part);
    yield {
      ...program,
      steps: steps.map((user, j) =>
        j === i ? leafOf(value) : user.kind === "leaf" ? user : {
          ...user,
          args: user.args.map((argument) =>
            mapArgument(argument, (part) => part instanceof Reference ? whole(part) : part)
          ),
        }
      ),
      outputs: outputs.map(whole),
    };
  }
}

function* simplerRun(program: Program): Iterable<Program> {
  const { run } = program, changes: Partial<RunOptions>[] = [];
  const { batch: _, ...unbatched } = run, { memoryPart: __, ...unlimited } = run;
  const { beside, ...alone } = program;
  if (beside) {
    yield alone;
    yield beside;
    for (const shrink of SHRINKS) {
      for (const smaller of shrink(beside)) yield { ...program, beside: smaller };
    }
  }
  if (run.batch) yield { ...program, run: unbatched };
  if (run.memoryPart !== undefined) yield { ...program, run: unlimited };
  if (run.repeats > 0) changes.push({ repeats: 0, concurrent: false }, { repeats: run.repeats - 1 });
  if (run.concurrent) changes.push({ concurrent: false });
  if (run.evaluated) changes.push({ evaluated: false });
  if (run.threads === 2) changes.push({ threads: 1 });
  if (run.shared.length > 0) changes.push({ shared: [] });
  if (run.order > 0) changes.push({ order: run.order - 1 });
  if (run.donated.length > 0) {
    changes.push({ donated: [] }, { donated: run.donated.slice(1) }, { donated: run.donated.slice(0, -1) });
  }
  for (const change of changes) yield { ...program, run: { ...run, ...change } };
}

/** Results of all steps in the first run. */
function valuesOf({ steps }: Program): (Tensor | undefined)[] {
  const values = buildSteps(steps, (leaf) => hostTensor(leaf, leafValues(leaf)));
  return values.map((value) => ("shape" in value && "dtype" in value ? value as Tensor : undefined));
}

/** Calls become leaves with the same elements. */
function* cutCalls(program: Program): Iterable<Program> {
  const { steps } = program, values = valuesOf(program);
  for (let i = steps.length - 1; i >= 0; i--) {
    const value = values[i];
    if (steps[i]!.kind === "leaf" || !value || value.size > LARGEST_CUT) continue;
    yield { ...program, steps: steps.with(i, leafOf(value)) };
  }
}

/** An argument with the elements of a tensor. */
function leafOf(value: Tensor): Leaf {
  const elements = interpret([value])[0]!;
  const data: LeafData = {
    kind: "values",
    values: [...value.dtype === "f32" ? elements.map(Math.fround) : elements],
  };
  return { kind: "leaf", shape: value.shape, dtype: value.dtype, data, role: "argument" };
}

/** Users of a call use one of its arguments instead. */
function* bypassCalls(program: Program): Iterable<Program> {
  const { steps, outputs } = program, values = valuesOf(program);
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i]!, value = values[i];
    if (step.kind === "leaf" || !value) continue;
    for (const reference of referencesIn(step.args)) {
      const other = values[reference.step];
      if (!other || other.dtype !== value.dtype || other.shape.join() !== value.shape.join()) continue;
      const moved = (part: Reference) => part.step === i ? reference : part;
      yield {
        ...program,
        steps: steps.map((user) =>
          user.kind === "leaf" ? user : {
            ...user,
            args: user.args.map((argument) =>
              mapArgument(argument, (part) => part instanceof Reference ? moved(part) : part)
            ),
          }
        ),
        outputs: outputs.map(moved),
      };
    }
  }
}

function* withoutScopes(program: Program): Iterable<Program> {
  if (!program.steps.some((step) => step.kind === "call" && step.scope !== undefined)) return;
  yield {
    ...program,
    steps: program.steps.map((step) =>
      step.kind === "leaf" ? step : { kind: "call", name: step.name, args: step.args }
    ),
  };
}

/** One size, wherever it occurs, becomes smaller. */
function* smallerSizes(program: Program): Iterable<Program> {
  const sizes = new Set(program.steps.flatMap((step) => step.kind === "leaf" ? step.shape : []));
  for (const size of [...sizes].filter((size) => size > 1).sort((a, b) => b - a)) {
    for (const smaller of new Set([1, 2, Math.ceil(size / 2), size - 1])) {
      if (smaller >= size) continue;
      yield { ...program, steps: program.steps.map((step) => resized(step, size, smaller)) };
    }
  }
}

function resized(step: Step, size: number, smaller: number): Step {
  if (step.kind === "call") {
    return {
      ...step,
      args: step.args.map((argument) => mapArgument(argument, (part) => part === size ? smaller : part)),
    };
  }
  const shape = step.shape.map((axis) => (axis === size ? smaller : axis)), { data } = step;
  if (data.kind === "values") {
    return { ...step, shape, data: { kind: "values", values: data.values.slice(0, sizeOf(shape)) } };
  }
  const bound = data.bound === size ? { bound: smaller } : {};
  return { ...step, shape, data: { ...data, ...bound } };
}

/** Elements become 0, 1 or small integers. */
function* simplerData(program: Program): Iterable<Program> {
  for (const [i, step] of program.steps.entries()) {
    if (step.kind === "call" || sizeOf(step.shape) === 0) continue;
    const current = leafValues(step), count = current.length;
    const isPlain = step.data.kind === "values" &&
      current.every((x) => Number.isInteger(x) && Math.abs(x) < 10);
    if (isPlain) continue;
    const choices = [
      current.map(() => 0),
      current.map(() => 1),
      current.map((_, j) => j % 7),
      current.map(Math.round),
    ];
    for (const values of count > 4000 ? [] : choices) {
      if (step.dtype !== "f32" && step.data.kind !== "words") continue;
      yield {
        ...program,
        steps: program.steps.with(i, { ...step, data: { kind: "values", values: [...values] } }),
      };
    }
  }
}

const SHRINKS: readonly Shrink[] = [
  fewerOutputs,
  earlierOutputs,
  simplerRun,
  cutCalls,
  onlyResults,
  bypassCalls,
  withoutScopes,
  smallerSizes,
  simplerData,
];
