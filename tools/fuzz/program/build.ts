/**
 * Builds the graph of a program by calling its functions.
 * @module
 */
import * as ad from "@gasp/autograd";
import * as pc from "@gasp/pointconv";
import * as t from "@gasp/tensor";
import * as c from "@gasp/tensor/compiler";
import { type Argument, type Leaf, type Program, Reference, type Step } from "./program.ts";

/** The modules that programs call, by the names that the printed source imports them as. */
export const MODULES = { t, c, ad, pc } as const;

/**
 * Returns the function that a name stands for.
 *
 * @param name `t.softmax`.
 */
function functionOf(name: string): (...args: unknown[]) => t.Tree {
  const [module, member] = name.split(".") as [keyof typeof MODULES, string];
  const found = (MODULES[module] as Record<string, unknown>)[member];
  if (typeof found !== "function") throw new Error(`there is no function ${name}`);
  return found as (...args: unknown[]) => t.Tree;
}

/**
 * Follows a path into a tree.
 *
 * @param tree Result of a step.
 * @param path Keys.
 */
export function partOf(tree: t.Tree, path: readonly (string | number)[]): t.Tree {
  return path.reduce((part, key) => (part as Record<string | number, t.Tree>)[key]!, tree);
}

function resolve(argument: Argument, values: readonly t.Tree[]): unknown {
  if (argument instanceof Reference) return partOf(values[argument.step]!, argument.path);
  if (typeof argument !== "object" || argument === null) return argument;
  if (Array.isArray(argument)) return argument.map((part) => resolve(part, values));
  return Object.fromEntries(Object.entries(argument).map(([key, part]) => [key, resolve(part, values)]));
}

/**
 * Computes the result of one step.
 *
 * @param step A call.
 * @param values Results of the steps before it.
 */
export function callStep(step: Exclude<Step, Leaf>, values: readonly t.Tree[]): t.Tree {
  const run = () => functionOf(step.name)(...step.args.map((argument) => resolve(argument, values)));
  return step.scope === undefined ? run() : t.scope(step.scope, run);
}

/**
 * Builds the results of all steps.
 *
 * @param steps Steps.
 * @param leafOf Returns the tensor for a leaf.
 */
export function buildSteps(
  steps: readonly Step[],
  leafOf: (leaf: Leaf, step: number) => t.Tensor,
): t.Tree[] {
  const values: t.Tree[] = [];
  steps.forEach((step, i) => values.push(step.kind === "leaf" ? leafOf(step, i) : callStep(step, values)));
  return values;
}

/**
 * Builds the outputs of a program.
 *
 * @param program The program.
 * @param leafOf Returns the tensor for a leaf.
 */
export function buildOutputs(program: Program, leafOf: (leaf: Leaf, step: number) => t.Tensor): t.Tensor[] {
  const values = buildSteps(program.steps, leafOf);
  return program.outputs.map(({ step, path }) => partOf(values[step]!, path) as t.Tensor);
}

/**
 * Adds derivatives to the outputs: the gradient by every f32 argument of the sum of all f32 outputs along fixed
 * directions, that of the sum of these gradients, and so on.
 *
 * @param outputs Outputs of the program.
 * @param arguments_ Arguments of the program.
 * @param order Number of derivatives.
 */
export function withDerivatives(
  outputs: readonly t.Tensor[],
  arguments_: readonly t.Tensor[],
  order: number,
): t.Tensor[] {
  const wrt = arguments_.filter(({ dtype }) => dtype === "f32"), all = [...outputs];
  let level = outputs.filter(({ dtype }) => dtype === "f32");
  for (let i = 1; i <= order && wrt.length > 0 && level.length > 0; i++) {
    level = ad.gradients([contracted(level, i)], wrt);
    all.push(...level);
  }
  return all;
}

/**
 * Returns the sum of tensors along fixed directions, a scalar.
 *
 * @param tensors f32.
 * @param offset Chooses the directions.
 */
export function contracted(tensors: readonly t.Tensor[], offset: number): t.Tensor {
  const terms = tensors.map((x, i) => t.sum(t.mul(x, ad.testDirection(x.shape, 0.25 * offset + i / 16))));
  return terms.reduce((a, b) => t.add(a, b));
}
