/**
 * Rewrites convolutions before scheduling: each becomes a matrix product over windows, read in place (implicit GEMM).
 *
 * With zeros between the inputs (transposed convolutions, gradients of strided ones) most products would be with zero:
 * such a convolution is decomposed into one dense convolution per residue of the output index, over a subset of the
 * taps.
 * @module
 */
import { sizeOf } from "../../graph/shape.ts";
import { isElementwise } from "../../graph/elementwise.ts";
import type { ConvGeometry } from "../../graph/primitives.ts";
import { type GraphNode, makeNode, Tensor } from "../../graph/tensor.ts";
import { topologicalOrder } from "../../graph/traverse.ts";
import { runInScope } from "../../graph/scope.ts";
import { mul } from "../../ops/elementwise/arithmetic.ts";
import { zeros } from "../../ops/shape/constant.ts";
import { matmul } from "../../ops/linear/linear.ts";
import { stack } from "../../ops/shape/concatenate.ts";
import { broadcastTo, expandDims, pad, reshape, slice, transpose } from "../../ops/shape/movement.ts";
import { sum } from "../../ops/reduction/reduction.ts";
import { baseOf } from "./node_kinds.ts";

/**
 * A graph without convolutions.
 *
 * @param outputs What is wanted. Sources stay the same objects, and so does all that no convolution reaches.
 * @returns Equivalent outputs, in the same order.
 */
export function expandConvolutions(outputs: readonly Tensor[]): readonly Tensor[] {
  const order = topologicalOrder(outputs);
  if (!order.some(({ node }) => node.op === "conv")) return outputs;
  const done = new Map<Tensor, Tensor>(), products = new Set<Tensor>();
  for (const tensor of order) {
    const inputs = tensor.node.inputs.map((input) => done.get(input)!);
    done.set(tensor, runInScope(tensor.scope, () => expand(tensor, inputs, products)));
  }
  return outputs.map((output) => done.get(output)!);
}

/** Rewrites one tensor. `products` holds products over windows, and element-wise results in their shape. */
function expand(tensor: Tensor, inputs: readonly Tensor[], products: Set<Tensor>): Tensor {
  const { node } = tensor;
  if (node.op === "conv") {
    const [x, w] = inputs as [Tensor, Tensor];
    const result = convolve(x, w, node.params, tensor.shape.slice(3));
    if (baseOf(result).node.op === "matmul") products.add(baseOf(result));
    return result;
  }
  const joined = isElementwise(node.op) ? joinProduct(tensor, inputs, products) : undefined;
  if (joined) return joined;
  if (inputs.every((input, i) => input === node.inputs[i])) return tensor;
  return new Tensor({ ...node, inputs } as GraphNode, tensor.shape, tensor.dtype);
}

/**
 * Moves an element-wise operation on a convolution into the shape of its matrix product, so that it can be fused:
 * `f(reshape(P), b) = reshape(f(P, b'))`, where b' has the elements of b. Undefined if there is no such product or b'.
 */
function joinProduct(
  tensor: Tensor,
  inputs: readonly Tensor[],
  products: Set<Tensor>,
): Tensor | undefined {
  const product = inputs.map(baseOf).find((base) => products.has(base));
  if (!product) return undefined;
  const parts = axesWithin(tensor.shape, product.shape);
  const flat = inputs.map((input) => parts && inShape(input, product.shape, parts));
  if (!flat.every((input) => input !== undefined)) return undefined;
  const result = new Tensor({ ...tensor.node, inputs: flat } as GraphNode, product.shape, tensor.dtype);
  products.add(result);
  return reshape(result, tensor.shape);
}

/**
 * Returns, per axis of `outer`, the sizes of the consecutive axes of `inner` that it merges; undefined if it does not.
 */
function axesWithin(inner: readonly number[], outer: readonly number[]): number[][] | undefined {
  let next = 0;
  const parts = outer.map((size) => {
    const part: number[] = [];
    while (sizeOf(part) < size && next < inner.length) part.push(inner[next++]!);
    return part;
  });
  const whole = parts.every((part, i) => sizeOf(part) === outer[i]!);
  return whole && inner.slice(next).every((size) => size === 1) ? parts : undefined;
}

/** Reshapes a tensor to the shape of a product. */
function inShape(
  x: Tensor,
  shape: readonly number[],
  parts: readonly (readonly number[])[],
): Tensor | undefined {
  if (x.node.op !== "broadcast") return reshape(x, shape);
  let next = 0;
  const source = x.node.inputs[0]!;
  const sizes = parts.map((part) => {
    const own = source.shape.slice(next, next += part.length);
    return sizeOf(own) === 1 ? 1 : sizeOf(own) === sizeOf(part) ? sizeOf(own) : undefined;
  });
  if (!sizes.every((size) => size !== undefined) || sizeOf(sizes) !== source.size) return undefined;
  return broadcastTo(reshape(source, sizes), shape);
}

/** Returns a convolution with outputs of the given spatial sizes. */
function convolve(x: Tensor, w: Tensor, geometry: ConvGeometry, space: readonly number[]): Tensor {
  const shape = [x.shape[0]!, x.shape[1]!, w.shape[1]!, ...space];
  if (sizeOf(shape) === 0 || x.size === 0 || w.size === 0) return zeros(shape);
  const axis = geometry.spacings.findIndex((spacing) => spacing > 1);
  return axis < 0 ? convolveDense(x, w, geometry, space) : convolvePhases(x, w, geometry, space, axis);
}

function gcd(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : gcd(b, a % b);
}

/** Replaces one axis of a geometry. */
function withAxis(
  { strides, dilations, offsets, spacings }: ConvGeometry,
  axis: number,
  [stride, dilation, offset]: readonly [number, number, number],
): ConvGeometry {
  return {
    strides: strides.with(axis, stride),
    dilations: dilations.with(axis, dilation),
    offsets: offsets.with(axis, offset),
    spacings: spacings.with(axis, 1),
  };
}

/**
 * Eliminates the zeros along one axis. With stride s, dilation d, offset b and spacing l, the output at `p = r + P p'`
 * reads an input at tap `k = q + Q k'` only if l divides `s r + d q + b`, where `P = l / gcd(s, l)` and `Q = l / gcd(d,
 * l)`. For each r this holds for at most one q below Q, which leaves a dense convolution with stride `s P / l` and so
 * on.
 */
function convolvePhases(
  x: Tensor,
  w: Tensor,
  geometry: ConvGeometry,
  space: readonly number[],
  axis: number,
): Tensor {
  const [s, d, b, l] = [geometry.strides, geometry.dilations, geometry.offsets, geometry.spacings]
    .map((list) => list[axis]!) as [number, number, number, number];
  const phases = l / gcd(s, l),
    every = l / gcd(d, l),
    at = 3 + axis,
    size = space[axis]!,
    taps = w.shape[at]!;
  const count = Math.ceil(size / phases);
  const parts = Array.from({ length: phases }, (_, r) => {
    const q = Array.from({ length: Math.min(every, taps) }, (_, i) => i).find((i) =>
      (s * r + d * i + b) % l === 0
    );
    const shape = [x.shape[0]!, x.shape[1]!, w.shape[1]!, ...space.with(axis, count)];
    if (q === undefined) return zeros(shape);
    const starts = w.shape.map((_, i) => (i === at ? q : 0)),
      steps = w.shape.map((_, i) => (i === at ? every : 1));
    const inner = withAxis(geometry, axis, [s * phases / l, d * every / l, (s * r + d * q + b) / l]);
    return convolve(x, slice(w, starts, w.shape, steps), inner, space.with(axis, count));
  });
  const shape = [x.shape[0]!, x.shape[1]!, w.shape[1]!, ...space];
  const joined = reshape(stack(parts, at + 1), shape.with(at, count * phases));
  return slice(joined, shape.map(() => 0), shape);
}

/** Minimum outputs per example for a separate product per example. */
const LARGE_SPACE = 32;
/** Maximum terms for which a convolution from one channel to one runs as a loop. */
const FEW_TERMS = 64;

/** Returns a convolution without zeros between its inputs, as a product over windows. */
function convolveDense(x: Tensor, w: Tensor, geometry: ConvGeometry, space: readonly number[]): Tensor {
  const [groups, batch, channels] = x.shape as [number, number, number];
  const outputs = w.shape[1]!, kernel = w.shape.slice(3), rank = space.length;
  const terms = channels * sizeOf(kernel), places = sizeOf(space);
  // [groups, batch, channels, ...space, ...kernel]
  const windows = windowsOf(x, geometry, space, kernel);
  const spaceAxes = space.map((_, i) => 3 + i), kernelAxes = space.map((_, i) => 3 + rank + i);
  if (outputs === 1 && terms <= FEW_TERMS) {
    const taps = reshape(w, [groups, 1, channels, ...space.map(() => 1), ...kernel]);
    return reshape(sum(mul(windows, taps), { axes: [2, ...kernelAxes] }), [groups, batch, 1, ...space]);
  }
  const weights = reshape(w, [groups, outputs, terms]);
  if (batch === 1 || places >= LARGE_SPACE) {
    const patches = reshape(transpose(windows, [0, 1, 2, ...kernelAxes, ...spaceAxes]), [
      groups,
      batch,
      terms,
      places,
    ]);
    const each = broadcastTo(expandDims(weights, 1), [groups, batch, outputs, terms]);
    return reshape(matmul(each, patches), [groups, batch, outputs, ...space]);
  }
  const patches = reshape(transpose(windows, [0, 2, ...kernelAxes, 1, ...spaceAxes]), [
    groups,
    terms,
    batch * places,
  ]);
  const together = reshape(matmul(weights, patches), [groups, outputs, batch, ...space]);
  return transpose(together, [0, 2, 1, ...spaceAxes]);
}

/** Returns the windows of a padded input: `[groups, batch, channels, ...space, ...kernel]`. */
function windowsOf(
  x: Tensor,
  { strides, dilations, offsets }: ConvGeometry,
  space: readonly number[],
  kernel: readonly number[],
): Tensor {
  const reach = space.map((size, i) => {
    const steps = strides[i]! * (size - 1), taps = dilations[i]! * (kernel[i]! - 1), start = offsets[i]!;
    return {
      first: start + Math.min(0, steps) + Math.min(0, taps),
      last: start + Math.max(0, steps) + Math.max(0, taps),
    };
  });
  const low = reach.map(({ first }) => Math.max(0, -first));
  const high = reach.map(({ last }, i) => Math.max(0, last + 1 - x.shape[3 + i]!));
  const padded = pad(x, [0, 0, 0, ...low], [0, 0, 0, ...high]);
  return space.reduce((windows, size, i) => {
    const params = { axis: 3 + i, start: offsets[i]! + low[i]!, step: strides[i]!, dilation: dilations[i]! };
    const shape = [...windows.shape.with(3 + i, size), kernel[i]!];
    return makeNode("window", params, [windows], shape, "f32");
  }, padded);
}
