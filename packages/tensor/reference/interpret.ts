/**
 * The reference interpreter: evaluates a graph operation by operation in double precision. Slow and obvious; it is the
 * oracle of every test.
 * @module
 */
import { elementwise, type ElementwiseName, isElementwise } from "../graph/elementwise.ts";
import { type DType, leastValue } from "../ir/dtype.ts";
import { contiguousStrides, type Shape, showShape, sizeOf } from "../graph/shape.ts";
import type { ExchangeName, StructuralName } from "../graph/primitives.ts";
import { type GraphNode, isExchange, type Tensor } from "../graph/tensor.ts";
import { topologicalOrder } from "../graph/traverse.ts";
import { MOST_ELEMENTS } from "../ir/limits.ts";
import { invertTable, searchCounts, searchFarthest, searchNearest } from "../ir/search_oracle.ts";
import { convolve } from "./convolution.ts";
import { forEachTerm, listedRows, searchOf } from "./points.ts";
import { drawRandom } from "./random.ts";

/** Values of any type, as doubles. */
type Values = Float64Array;

/** Called with the result of every operation and with what it read. */
export type OnResult = (tensor: Tensor, result: Values, inputs: readonly Values[]) => void;

/** What the interpreter cannot compute alone: the values of this rank, to be exchanged with those of the others. */
export interface Exchange {
  /** The operation. */
  readonly node: Extract<GraphNode, { readonly op: ExchangeName }>;
  /** What this rank contributes. */
  readonly values: Values;
}

/**
 * Evaluates tensors.
 *
 * @param outputs Tensors to evaluate.
 * @param bindings Values of the `input` nodes that the outputs depend on.
 * @param onResult Called with the result of every operation and with what it read.
 * @returns One array of doubles per output, row-major; booleans as 0 and 1.
 * @throws {Error} If an input has no value, a concrete tensor is on a device, or there are exchanges with other ranks.
 */
export function interpret(
  outputs: readonly Tensor[],
  bindings: ReadonlyMap<Tensor, Values> = new Map(),
  onResult?: OnResult,
): Values[] {
  const { done, value } = interpretation(outputs, bindings, onResult).next();
  if (done) return value;
  throw new Error(`${value.node.op} needs other ranks: compile the function with a communicator`);
}

/**
 * Evaluates tensors, and hands out exchanges with other ranks: the caller returns their results.
 *
 * @param outputs Tensors to evaluate.
 * @param bindings Values of the `input` nodes that the outputs depend on.
 * @param onResult Called with the result of every operation and with what it read.
 * @returns As {@link interpret}.
 */
export function* interpretation(
  outputs: readonly Tensor[],
  bindings: ReadonlyMap<Tensor, Values>,
  onResult: OnResult = () => {},
): Generator<Exchange, Values[], Values> {
  const values = new Map<Tensor, Values>();
  const uses = new Map<Tensor, number>();
  const order = topologicalOrder(outputs);
  for (const tensor of [...order.flatMap((t) => t.node.inputs), ...outputs]) {
    uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  }
  for (const tensor of order) {
    checkSize(tensor);
    const inputs = tensor.node.inputs.map((input) => values.get(input)!);
    const { node } = tensor;
    const result = bindings.get(tensor) ??
      (isExchange(node) ? yield { node, values: inputs[0]! } : evaluateNode(tensor, inputs));
    onResult(tensor, result, inputs);
    values.set(tensor, result);
    for (const input of tensor.node.inputs) {
      const left = uses.get(input)! - 1;
      uses.set(input, left);
      if (left === 0) values.delete(input);
    }
  }
  return outputs.map((output) => values.get(output)!);
}

/** The interpreter stores every intermediate. */
function checkSize({ node, shape, size }: Tensor): void {
  if (size < MOST_ELEMENTS) return;
  throw new RangeError(
    `the reference interpreter stores the result of ${node.op}, of shape ${
      showShape(shape)
    }, and holds fewer than ` +
      `2³¹ elements of a tensor: use the wasm or webgpu device, or process it in slices`,
  );
}

function evaluateNode(out: Tensor, inputs: readonly Values[]): Values {
  const { node } = out;
  if (isElementwise(node.op)) return evaluateElementwise(node.op, out, inputs);
  const rule = rules[node.op as keyof Rules] as (
    out: Tensor,
    params: unknown,
    inputs: readonly Values[],
  ) => Values;
  return rule(out, node.params, inputs);
}

function evaluateElementwise(name: ElementwiseName, out: Tensor, inputs: readonly Values[]): Values {
  const result = new Float64Array(out.size);
  const f = referenceOf(name, out);
  const [a, b, c] = inputs;
  for (let i = 0; i < result.length; i++) {
    if (c) result[i] = f(a![i]!, b![i]!, c[i]!);
    else if (b) result[i] = f(a![i]!, b[i]!);
    else result[i] = f(a![i]!);
  }
  return wrapIntegers(out.dtype, result);
}

/**
 * Returns an element-wise operation on numbers, before integers wrap.
 *
 * @param name Operation.
 * @param out Its node.
 */
export function referenceOf(name: ElementwiseName, out: Tensor): (...args: number[]) => number {
  if (name === "cast") return (x) => castNumber(x!, out);
  // Products beyond 2^53 would lose their low bits, which are the result
  return name === "mul" && out.dtype !== "f32" ? Math.imul : elementwise[name].reference;
}

/** Wraps integers below 2^53 to 32 bits, in place. */
function wrapIntegers(dtype: DType, values: Values): Values {
  if (dtype === "i32") { for (let i = 0; i < values.length; i++) values[i] = values[i]! | 0; }
  if (dtype === "u32") { for (let i = 0; i < values.length; i++) values[i] = values[i]! >>> 0; }
  return values;
}

function castNumber(x: number, out: Tensor): number {
  if (out.dtype === "bool") return x === 0 ? 0 : 1;
  if (out.dtype === "f32" || out.node.inputs[0]!.dtype !== "f32") return x;
  const [low, high] = out.dtype === "i32" ? [-(2 ** 31), 2 ** 31 - 1] : [0, 2 ** 32 - 1];
  return Number.isNaN(x) ? 0 : Math.min(Math.max(Math.trunc(x), low), high);
}

/** Visits every index of a shape with its flat indices in two strided arrays. */
function walk(
  shape: Shape,
  strides: readonly (readonly number[])[],
  offsets: readonly number[],
  visit: (a: number, b: number) => void,
): void {
  if (sizeOf(shape) === 0) return;
  const [left, right] = strides as [number[], number[]];
  const step = (axis: number, a: number, b: number) => {
    if (axis === shape.length) return visit(a, b);
    for (let i = 0; i < shape[axis]!; i++) step(axis + 1, a + i * left[axis]!, b + i * right[axis]!);
  };
  step(0, offsets[0]!, offsets[1]!);
}

function copyStrided(out: Tensor, source: Values, strides: readonly number[], offset: number): Values {
  const result = new Float64Array(out.size);
  walk(
    out.shape,
    [contiguousStrides(out.shape), strides],
    [0, offset],
    (to, from) => result[to] = source[from]!,
  );
  return result;
}

function reduceWith(out: Tensor, source: Values, start: number, f: (a: number, b: number) => number): Values {
  const input = out.node.inputs[0]!;
  const result = new Float64Array(out.size).fill(start);
  const strides = contiguousStrides(out.shape).map((stride, axis) => (out.shape[axis] === 1 ? 0 : stride));
  walk(input.shape, [strides, contiguousStrides(input.shape)], [0, 0], (to, from) => {
    result[to] = f(result[to]!, source[from]!);
  });
  return wrapIntegers(out.dtype, result);
}

type Rules = {
  [P in Exclude<StructuralName, ExchangeName>]: (
    out: Tensor,
    params: Extract<GraphNode, { op: P }>["params"],
    inputs: readonly Values[],
  ) => Values;
};

const rules: Rules = {
  data(out) {
    const { storage } = out;
    if (storage.kind === "device") {
      throw new Error(
        `the reference interpreter cannot read a tensor on ${storage.device.info.kind}: read it with data() first`,
      );
    }
    return Float64Array.from(storage.data);
  },
  input() {
    throw new Error("an argument of a traced function has no value outside of compile()");
  },
  constant: (_, { value }) => new Float64Array([value]),
  iota(out, { axis }) {
    const stride = contiguousStrides(out.shape)[axis]!;
    return new Float64Array(out.size).map((_, i) => Math.floor(i / stride) % out.shape[axis]!);
  },
  identity: (_, __, [x]) => x!,
  reshape: (_, __, [x]) => x!,
  permute(out, { axes }, [x]) {
    const strides = contiguousStrides(out.node.inputs[0]!.shape);
    return copyStrided(out, x!, axes.map((axis) => strides[axis]!), 0);
  },
  broadcast(out, _, [x]) {
    const { shape } = out.node.inputs[0]!;
    const strides = contiguousStrides(shape).map((stride, axis) => (shape[axis] === 1 ? 0 : stride));
    return copyStrided(out, x!, strides, 0);
  },
  slice(out, { starts, steps }, [x]) {
    const strides = contiguousStrides(out.node.inputs[0]!.shape);
    const offset = starts.reduce((sum, start, axis) => sum + start * strides[axis]!, 0);
    return copyStrided(out, x!, strides.map((stride, axis) => stride * steps[axis]!), offset);
  },
  window(out, { axis, start, step, dilation }, [x]) {
    const strides = contiguousStrides(out.node.inputs[0]!.shape), along = strides[axis]!;
    return copyStrided(out, x!, [...strides.with(axis, step * along), dilation * along], start * along);
  },
  pad(out, { low }, [x]) {
    const { shape } = out.node.inputs[0]!;
    const strides = contiguousStrides(out.shape);
    const offset = low.reduce((sum, count, axis) => sum + count * strides[axis]!, 0);
    const result = new Float64Array(out.size);
    walk(shape, [strides, contiguousStrides(shape)], [offset, 0], (to, from) => result[to] = x![from]!);
    return result;
  },
  flip(out, { axes }, [x]) {
    const strides = contiguousStrides(out.shape);
    const offset = axes.reduce((sum, axis) => sum + (out.shape[axis]! - 1) * strides[axis]!, 0);
    return copyStrided(
      out,
      x!,
      strides.map((stride, axis) => axes.includes(axis) ? -stride : stride),
      offset,
    );
  },
  concatenate(out, { axis }, inputs) {
    const strides = contiguousStrides(out.shape), result = new Float64Array(out.size);
    let start = 0;
    inputs.forEach((x, i) => {
      const { shape } = out.node.inputs[i]!;
      walk(shape, [strides, contiguousStrides(shape)], [start, 0], (to, from) => result[to] = x[from]!);
      start += shape[axis]! * strides[axis]!;
    });
    return result;
  },
  cumsum(out, { axis, reverse }, [x]) {
    const length = out.shape[axis]!, inner = sizeOf(out.shape.slice(axis + 1)), result = x!.slice();
    for (let row = 0; row < out.size / Math.max(length, 1); row++) {
      const first = Math.floor(row / inner) * length * inner + row % inner;
      for (let i = 1; i < length; i++) {
        const at = reverse ? length - 1 - i : i;
        result[first + at * inner]! += result[first + (reverse ? at + 1 : at - 1) * inner]!;
      }
    }
    return wrapIntegers(out.dtype, result);
  },
  argsort(out, { count }, [keys]) {
    const length = out.node.inputs[0]!.shape.at(-1)!, result = new Float64Array(out.size);
    for (let row = 0; row < out.size / count; row++) {
      const key = (i: number) => keys![row * length + i]!;
      const order = Array.from({ length }, (_, i) => i).sort((a, b) => key(a) - key(b) || a - b);
      result.set(order.slice(0, count), row * count);
    }
    return result;
  },
  sum: (out, _, [x]) => reduceWith(out, x!, 0, (a, b) => a + b),
  prod: (out, _, [x]) => reduceWith(out, x!, 1, out.dtype === "f32" ? (a, b) => a * b : Math.imul),
  max: (out, _, [x]) => reduceWith(out, x!, leastValue(out.dtype), Math.max),
  matmul(out, _, [a, b]) {
    const [left, right] = out.node.inputs as [Tensor, Tensor];
    const [m, k] = left.shape.slice(-2) as [number, number];
    const n = right.shape.at(-1)!;
    const result = new Float64Array(out.size);
    for (let row = 0; row < sizeOf(out.shape.slice(0, -1)); row++) {
      const matrix = Math.floor(row / m);
      for (let i = 0; i < k; i++) {
        const scale = a![row * k + i]!;
        const from = (matrix * k + i) * n;
        for (let j = 0; j < n; j++) result[row * n + j]! += scale * b![from + j]!;
      }
    }
    return result;
  },
  conv: (out, geometry, [x, w]) => convolve(out, geometry, x!, w!),
  random: (out, params, [keys]) => drawRandom(out, params, keys!),
  gather(out, _, [x, index]) {
    const width = sizeOf(out.node.inputs[0]!.shape.slice(1));
    const result = new Float64Array(out.size);
    index!.forEach((row, i) => result.set(x!.subarray(row * width, (row + 1) * width), i * width));
    return result;
  },
  segmentSum(out, _, [x, , starts, entries]) {
    const width = sizeOf(out.shape.slice(1));
    const result = new Float64Array(out.size);
    listedRows(starts!, entries!).forEach((row, i) => {
      for (let j = 0; j < width; j++) result[row * width + j]! += x![i * width + j]!;
    });
    return result;
  },
  neighbourSum(out, _, [features, weights, index]) {
    const result = new Float64Array(out.size);
    const shapes = out.node.inputs.map((input) => input.shape);
    forEachTerm(shapes[0]!, shapes[1]!, index!, (f, w, h) => result[h]! += features![f]! * weights![w]!);
    return result;
  },
  neighbourWeights(out, _, [features, sums, index]) {
    const result = new Float64Array(out.size);
    const { shape } = out.node.inputs[0]!;
    forEachTerm(shape, out.shape, index!, (f, w, h) => result[w]! += features![f]! * sums![h]!);
    return result;
  },
  neighbourFeatures(out, _, [weights, sums, , starts, entries]) {
    const result = new Float64Array(out.size);
    const { shape } = out.node.inputs[0]!, rows = listedRows(starts!, entries!);
    forEachTerm(out.shape, shape, rows, (f, w, h) => result[f]! += weights![w]! * sums![h]!);
    return result;
  },
  knn(out, params, inputs) {
    const result = new Float64Array(out.size);
    searchNearest(searchOf(out, params, inputs), params, result);
    return result;
  },
  countWithinRadius(out, params, inputs) {
    const result = new Float64Array(out.size);
    searchCounts(searchOf(out, params, inputs), result);
    return result;
  },
  farthestPointSample(out, params, [points, starts]) {
    const result = new Float64Array(out.size);
    const dimension = out.node.inputs[0]!.shape[1]!;
    searchFarthest({ points: Float32Array.from(points!), starts: starts!, dimension }, params, result);
    return result;
  },
  invertIndex(out, { rows }, [index]) {
    const result = new Float64Array(out.size);
    invertTable(index!, rows, result);
    return result;
  },
};
