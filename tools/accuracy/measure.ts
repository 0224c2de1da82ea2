/**
 * Measures the largest error of every element-wise f32 operation on a device, against double precision.
 * @module
 */
import { compile, type KernelDevice, type Tensor, tensor } from "@gasp/tensor";
import { elementwise, type ElementwiseName, makeNode } from "@gasp/tensor/compiler";
import { ACCURACY, unitAt } from "./bounds.ts";

/** Largest error of an operation. */
export interface Measurement {
  readonly name: ElementwiseName;
  /** In the unit of {@link ACCURACY}. */
  readonly ulp: number;
  /** The arguments at which it occurs. */
  readonly at: readonly number[];
}

/** Arguments per operation. */
const COUNT = 1 << 16;

/** Every so many bit patterns one is taken; a prime. */
const STRIDE = 524_309;

const LARGEST = 3.4028234663852886e38, SMALLEST = 2 ** -126;

/** Largest quotient with an exact remainder. */
const MAX_QUOTIENT = 2 ** 22;

/** Arguments beyond which results are 0, subnormal or infinite; operations are measured densely around them. */
const LOWEST_LOG = Math.log(SMALLEST), HIGHEST_LOG = Math.log(LARGEST);
const EDGES: Readonly<Partial<Record<ElementwiseName, readonly number[]>>> = {
  exp: [LOWEST_LOG, HIGHEST_LOG],
  expm1: [HIGHEST_LOG],
  sinh: [-HIGHEST_LOG - Math.LN2, HIGHEST_LOG + Math.LN2],
  cosh: [-HIGHEST_LOG - Math.LN2, HIGHEST_LOG + Math.LN2],
  sigmoid: [LOWEST_LOG],
  softplus: [LOWEST_LOG],
};
/** Of so many arguments one is near an edge, up to a few f32 numbers per argument away. */
const EDGE_SHARE = 8, EDGE_STEP = 2 ** -23;

/** Operations on f32 numbers with f32 results, from the table. */
export const MEASURED: readonly ElementwiseName[] = (Object.keys(elementwise) as ElementwiseName[]).filter((
  name,
) =>
  elementwise[name].domain.includes("f32") && elementwise[name].result === "same" && name !== "where" &&
  name !== "cast"
);

const bits = new Uint32Array(1), float = new Float32Array(bits.buffer);

function fromBits(pattern: number): number {
  bits[0] = pattern;
  return float[0]!;
}

/** Numbers of all magnitudes and both signs, with a dense part around 0 and 1. */
function numbers(stride: number, scale: number): Float32Array {
  return Float32Array.from({ length: COUNT }, (_, i) => {
    if (i % 2 === 0) return Math.fround(scale * (i / COUNT - 0.5));
    const value = fromBits(i * stride + 12_345);
    return Number.isFinite(value) && Math.abs(value) >= SMALLEST ? value : Math.fround(i / COUNT);
  });
}

/**
 * Returns the arguments at which an operation is measured.
 *
 * @param name Operation.
 */
function argumentsFor(name: ElementwiseName): Float32Array[] {
  const { arity } = elementwise[name], [low, high] = ACCURACY[name].within ?? [-Infinity, Infinity];
  const edges = EDGES[name] ?? [];
  const first = numbers(STRIDE, 40).map((x, i) => {
    if (edges.length > 0 && i % EDGE_SHARE === 0) return nearEdge(edges, i / EDGE_SHARE);
    return x >= low && x <= high ? x : x % high;
  });
  if (arity === 1) return [first];
  // Exponents with which the power is a normal number
  if (name === "pow") return [first, first.map((x, i) => (i % 97 / 48.5 - 1) * 87 / Math.log(Math.abs(x)))];
  const second = numbers(STRIDE + 2, 17).map((x, i) =>
    i % 3 === 0 ? first[i]! * Math.fround(1 + (i % 77) / 19) : x
  );
  return [first, second];
}

/** The next of the numbers around the edges, alternating between these and their two sides. */
function nearEdge(edges: readonly number[], index: number): number {
  const edge = edges[index % edges.length]!, step = Math.floor(index / edges.length);
  return Math.fround(edge * (1 + (step % 2 === 0 ? step : -step) * EDGE_STEP));
}

/** Whether an error says something: results and arguments are normal numbers. */
function counts(name: ElementwiseName, truth: number, args: readonly number[]): boolean {
  if (name === "remainder" && !(Math.abs(args[0]! / args[1]!) < MAX_QUOTIENT)) return false;
  return args.every((x) => Number.isFinite(x) && (x === 0 || Math.abs(x) >= SMALLEST)) &&
    Number.isFinite(truth) && Math.abs(truth) <= LARGEST && (truth === 0 || Math.abs(truth) >= SMALLEST);
}

/** The exact result; a rest that rounds to the divisor is 0. */
function truthOf(name: ElementwiseName, args: readonly number[]): number {
  const truth = elementwise[name].reference(...args);
  return name === "remainder" && Math.fround(truth) === args[1] ? 0 : truth;
}

/**
 * Measures one operation.
 *
 * @param name Operation.
 * @param device Device.
 */
export async function measure(name: ElementwiseName, device: KernelDevice): Promise<Measurement> {
  const inputs = argumentsFor(name);
  using run = compile(
    (...args: Tensor[]) => makeNode(name, {}, args, args[0]!.shape, "f32"),
    { device },
  );
  using output = await run(...inputs.map((input) => tensor(input)));
  const got = await output.data();
  let ulp = 0, at: number[] = [];
  for (let i = 0; i < COUNT; i++) {
    const args = inputs.map((input) => input[i]!), truth = truthOf(name, args);
    if (!counts(name, truth, args)) continue;
    const error = Math.abs(got[i]! - truth) / unitAt(ACCURACY[name], truth, args);
    if (!(error <= ulp)) [ulp, at] = [error, args];
  }
  return { name, ulp, at };
}
