/**
 * Compares derivatives with finite differences, in double precision on the reference interpreter, along one random
 * direction for all arguments at once.
 * @module
 */
import { gradients } from "@gasp/autograd";
import { placeholder, type Tensor } from "@gasp/tensor";
import { topologicalOrder } from "@gasp/tensor/compiler";
import { interpret } from "../../../packages/tensor/reference/interpret.ts";
import { argumentsOf, hostTensor } from "../program/arguments.ts";
import { buildOutputs, contracted } from "../program/build.ts";
import { Dice } from "../program/dice.ts";
import { leafValues } from "../program/leaf_values.ts";
import type { Leaf, Program } from "../program/program.ts";

/** Steps of the differences, relative to arguments near 1. */
const STEPS = [1e-4, 1e-5, 1e-6] as const;

/** Disagreement of two estimates above which a function is not smooth there. */
const ROUGH = 1e-4;

/** Difference of the slopes from both sides, relative to them, above which there is a kink. */
const KINK = 1e-4;

/** Disagreement with the derivative that is an error. */
const WRONG = 2e-3;

/** Directions along which a derivative has to be wrong. */
const DIRECTIONS = 3;

/** Result of a check. */
export interface DerivativeCheck {
  /** Derivatives that were compared. */
  readonly compared: number;
  /** What was wrong. */
  readonly message?: string;
}

/** Functions whose derivative is no limit of differences: nothing flows through it. */
const DETACHED = "t.stopGradient";

/** Primitives that have all derivatives at all points, whatever their arguments. */
const ANALYTIC: ReadonlySet<string> = new Set([
  ...[
    "add",
    "sub",
    "mul",
    "neg",
    "exp",
    "expm1",
    "sin",
    "cos",
    "sin2pi",
    "cos2pi",
    "atan",
    "sinh",
    "cosh",
    "tanh",
  ],
  ...["erf", "sigmoid", "softplus", "sum", "prod", "cumsum", "matmul", "conv", "segmentSum", "gather"],
  ...[
    "neighbourSum",
    "neighbourWeights",
    "neighbourFeatures",
    "invertIndex",
    "reshape",
    "permute",
    "broadcast",
  ],
  ...[
    "slice",
    "window",
    "pad",
    "flip",
    "concatenate",
    "identity",
    "constant",
    "data",
    "input",
    "iota",
    "random",
  ],
]);

/** Primitives whose indices follow the elements: which of equal ones they choose decides where a derivative goes. */
const DISCRETE: ReadonlySet<string> = new Set(["argsort", "knn", "countWithinRadius", "farthestPointSample"]);

/**
 * Checks the derivatives of a program up to its order off the points where functions have kinks, and at the given
 * elements, among which are zeros and ties: there up to its order too if all its functions have all derivatives
 * everywhere, which then must be finite, else its first derivatives.
 *
 * @param program A program with derivatives; its batch is ignored.
 */
export function checkDerivatives(program: Program): DerivativeCheck {
  if (program.steps.some((step) => step.kind === "call" && step.name === DETACHED)) return { compared: 0 };
  const { order } = program.run, moved = checkAt(program, order, movedValues);
  if (moved.message !== undefined || order === 0) return moved;
  const { compared, message } = checkAt(program, order, leafValues);
  return { compared: moved.compared + compared, ...(message !== undefined && { message }) };
}

function checkAt(program: Program, most: number, valuesOf: (leaf: Leaf) => Float64Array): DerivativeCheck {
  const leaves = argumentsOf(program), steps = leaves.map(([step]) => step);
  const inputs = leaves.map(([, leaf]) => placeholder(leaf.shape, leaf.dtype));
  const wrt = inputs.filter(({ dtype }) => dtype === "f32");
  const outputs = buildOutputs(
    program,
    (leaf, step) => steps.includes(step) ? inputs[steps.indexOf(step)]! : hostTensor(leaf, leafValues(leaf)),
  );
  const bindings = new Map(inputs.map((input, i) => [input, valuesOf(leaves[i]![1])]));
  let level = outputs.filter(({ dtype }) => dtype === "f32"), compared = 0;
  const operations = topologicalOrder(level).map(({ node }) => node.op);
  const isAnalytic = operations.every((op) => ANALYTIC.has(op));
  if (valuesOf === leafValues) {
    if (operations.some((op) => DISCRETE.has(op))) return { compared };
    if (!isAnalytic) most = Math.min(1, most);
  }
  for (let order = 1; order <= most && level.length > 0 && wrt.length > 0; order++) {
    const scalar = contracted(level, order);
    level = gradients([scalar], wrt);
    const message = compareAll(scalar, level, wrt, bindings, isAnalytic);
    if (typeof message === "string") return { compared, message: `derivative ${order}: ${message}` };
    if (message === undefined) return { compared };
    compared++;
  }
  return { compared };
}

/** Elements off the points where functions have kinks, such as zeros and ties. */
function movedValues(leaf: Leaf): Float64Array {
  const values = leafValues(leaf);
  if (leaf.dtype !== "f32") return values;
  const dice = new Dice(leaf.data.kind === "values" ? values.length : leaf.data.seed, "noise");
  return values.map((x) => x + 0.02 * dice.unit());
}

function directionsOf(wrt: readonly Tensor[], seed: number): Float64Array[] {
  const dice = new Dice(seed, "directions");
  return wrt.map(({ size }) => Float64Array.from({ length: size }, () => 2 * dice.unit() - 1));
}

/** Compares along several directions: kinks in some elements may cancel along one, a wrong derivative fails along all. */
function compareAll(
  scalar: Tensor,
  gradient: readonly Tensor[],
  wrt: readonly Tensor[],
  bindings: ReadonlyMap<Tensor, Float64Array>,
  isAnalytic: boolean,
): true | string | undefined {
  let result: true | string | undefined;
  for (let direction = 0; direction < DIRECTIONS; direction++) {
    result = compareAlong(scalar, gradient, wrt, bindings, directionsOf(wrt, direction), isAnalytic);
    if (typeof result !== "string") return result;
  }
  return result;
}

/** Returns true if derivatives agree, a message if not, undefined if the function is not smooth. */
function compareAlong(
  scalar: Tensor,
  gradient: readonly Tensor[],
  wrt: readonly Tensor[],
  bindings: ReadonlyMap<Tensor, Float64Array>,
  directions: readonly Float64Array[],
  isAnalytic: boolean,
): true | string | undefined {
  const slopes = interpret(gradient, bindings);
  const slope = slopes.reduce(
    (sum, values, i) => sum + values.reduce((part, x, j) => part + x * directions[i]![j]!, 0),
    0,
  );
  const at = (step: number) => {
    const moved = new Map(bindings);
    wrt.forEach((x, i) =>
      moved.set(x, bindings.get(x)!.map((value, j) => value + step * directions[i]![j]!))
    );
    return interpret([scalar], moved)[0]![0]!;
  };
  const middle = at(0);
  // The derivative of a root at 0 is infinite, and infinity times 0 is NaN, as in other systems
  if (!Number.isFinite(middle) || !Number.isFinite(slope) && !isAnalytic) return undefined;
  const estimates = STEPS.map((h) => {
    const [above, below] = [at(h), at(-h)];
    return { centre: (above - below) / (2 * h), bend: (above - 2 * middle + below) / h };
  });
  const centres = estimates.map(({ centre }) => centre);
  const size = 1e-3 +
    Math.max(Number.isFinite(slope) ? Math.abs(slope) : 0, ...centres.map(Math.abs), 1e-6 * Math.abs(middle));
  if (!(size < Infinity)) return undefined;
  if (Math.max(...centres) - Math.min(...centres) > ROUGH * size || hasKink(estimates, size)) {
    return undefined;
  }
  if (Math.abs(slope - centres[1]!) <= WRONG * size) return true;
  return `${slope} along a direction, but finite differences are ${centres.join(", ")}`;
}

/** Slopes from both sides differ by something that does not shrink with the step. */
function hasKink(estimates: readonly { readonly bend: number }[], size: number): boolean {
  return Math.abs(estimates.at(-1)!.bend) > KINK * size;
}
