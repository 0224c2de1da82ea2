/**
 * Simplifies a graph before scheduling: merges common subgraphs, folds constants, composes movements, removes identity
 * arithmetic. One pass, inputs first.
 * @module
 */
import { elementwise, type ElementwiseName, isElementwise } from "../../graph/elementwise.ts";
import { runInScope } from "../../graph/scope.ts";
import type { DType } from "../../ir/dtype.ts";
import { sameShape, type Shape, sizeOf } from "../../graph/shape.ts";
import { type GraphNode, makeNode, Tensor } from "../../graph/tensor.ts";
import { emptyReduction, wrap } from "../../ir/arithmetic.ts";
import type { ReductionKind } from "../../ir/kernel.ts";
import { isReduction } from "./node_kinds.ts";
import { topologicalOrder } from "../../graph/traverse.ts";

/**
 * Simplifies the graph of some outputs. Sources (`data`, `input`) are preserved.
 *
 * @param outputs Tensors to compute.
 * @returns Equivalent outputs, in the same order.
 */
export function simplify(outputs: readonly Tensor[]): Tensor[] {
  const order = topologicalOrder(outputs);
  const rewriter = new Rewriter(soleUses(order, outputs));
  const done = new Map<Tensor, Tensor>();
  for (const tensor of order) {
    const inputs = tensor.node.inputs.map((input) => done.get(input)!);
    done.set(tensor, runInScope(tensor.scope, () => rewriter.rewrite(tensor, inputs)));
  }
  return outputs.map((output) => done.get(output)!);
}

/** Primitives that reduce over nothing if an input is empty. */
const SUMS = new Set([
  "sum",
  "max",
  "prod",
  "matmul",
  "segmentSum",
  "neighbourSum",
  "neighbourWeights",
  "neighbourFeatures",
]);

/** Returns the tensors that are used exactly once. */
function soleUses(order: readonly Tensor[], outputs: readonly Tensor[]): Set<Tensor> {
  const once = new Set<Tensor>(), more = new Set<Tensor>();
  for (const used of [...order.flatMap(({ node }) => node.inputs), ...outputs]) {
    if (once.has(used) || more.has(used)) {
      once.delete(used);
      more.add(used);
    } else once.add(used);
  }
  return once;
}

class Rewriter {
  readonly #known = new Map<string, Tensor>();
  readonly #soleUses: ReadonlySet<Tensor>;

  constructor(soleUses: ReadonlySet<Tensor>) {
    this.#soleUses = soleUses;
  }

  rewrite(tensor: Tensor, inputs: readonly Tensor[]): Tensor {
    const { node } = tensor;
    if (node.op === "data" || node.op === "input") return tensor;
    const product = node.op === "permute" && this.#soleUses.has(node.inputs[0]!) &&
      inputs[0]!.node.op === "matmul";
    if (product && swapsLast(node.params.axes)) return this.#transposedProduct(inputs[0]!, tensor);
    return this.#apply(node, inputs, tensor);
  }

  /** Returns the unique node for a primitive, its parameters and inputs. */
  #intern(node: GraphNode, inputs: readonly Tensor[], shape: Shape, like: Tensor): Tensor {
    const ids = inputs.map((input) => input.id).join();
    // JSON has neither NaN nor infinities nor -0
    const params = node.op === "constant" ? showNumber(node.params.value) : JSON.stringify(node.params);
    const key = `${node.op}|${like.dtype}|${shape.join()}|${ids}|${params}`;
    let known = this.#known.get(key);
    if (!known) {
      known = new Tensor({ ...node, inputs } as GraphNode, shape, like.dtype);
      this.#known.set(key, known);
    }
    return known;
  }

  #splat(value: number, like: Tensor): Tensor {
    const constant = makeNode("constant", { value }, [], [], like.dtype);
    const number = this.#intern(constant.node, [], [], constant);
    if (like.rank === 0) return number;
    const unit = this.#reshape(number, like.shape.map(() => 1), like);
    return this.#broadcast(unit, like);
  }

  #reshape(input: Tensor, shape: Shape, like: Tensor): Tensor {
    let source = input;
    while (source.node.op === "reshape") source = source.node.inputs[0]!;
    if (sameShape(source.shape, shape)) return source;
    return this.#intern({ op: "reshape", params: {}, inputs: [] }, [source], shape, like);
  }

  #broadcast(input: Tensor, like: Tensor): Tensor {
    let source = input;
    while (source.node.op === "broadcast") source = source.node.inputs[0]!;
    if (sameShape(source.shape, like.shape)) return source;
    return this.#intern({ op: "broadcast", params: {}, inputs: [] }, [source], like.shape, like);
  }

  #permute(input: Tensor, axes: readonly number[], like: Tensor): Tensor {
    let source = input, order = axes;
    if (source.node.op === "permute") {
      const inner = source.node.params.axes;
      order = axes.map((axis) => inner[axis]!);
      source = source.node.inputs[0]!;
    }
    if (order.every((axis, i) => axis === i)) return source;
    const moved = order.filter((axis) => source.shape[axis] !== 1);
    if (moved.every((axis, i) => i === 0 || moved[i - 1]! < axis)) {
      return this.#reshape(source, like.shape, like);
    }
    return this.#intern({ op: "permute", params: { axes: order }, inputs: [] }, [source], like.shape, like);
  }

  /** (A B)ᵀ = Bᵀ Aᵀ, so that its users can be fused into the product: transposed operands are free, results are not. */
  #transposedProduct(product: Tensor, like: Tensor): Tensor {
    const flipped = product.node.inputs.map((operand) => {
      const axes = operand.shape.map((_, axis) => axis);
      const order = [...axes.slice(0, -2), operand.rank - 1, operand.rank - 2];
      const shape = order.map((axis) => operand.shape[axis]!);
      return this.#permute(operand, order, makeNode("permute", { axes: order }, [operand], shape, "f32"));
    });
    return this.#intern({ op: "matmul", params: {}, inputs: [] }, flipped.reverse(), like.shape, like);
  }

  #apply(node: GraphNode, inputs: readonly Tensor[], like: Tensor): Tensor {
    const first = inputs[0];
    if (like.size === 0) return this.#splat(0, like);
    if (node.op === "identity") return first!;
    if (isElementwise(node.op)) return this.#elementwise(node.op, node, inputs, like);
    if (SUMS.has(node.op) && like.size > 0 && inputs.some((input) => input.size === 0)) {
      return this.#splat(isReduction(node) ? emptyReduction(node.op, like.dtype) : 0, like);
    }
    const value = first && inputs.length === 1 ? splatValue(first) : undefined;
    switch (node.op) {
      case "reshape":
        return value === undefined ? this.#reshape(first!, like.shape, like) : this.#splat(value, like);
      case "permute":
        return value === undefined ? this.#permute(first!, node.params.axes, like) : this.#splat(value, like);
      case "broadcast":
        return this.#broadcast(first!, like);
      case "concatenate": {
        const parts = inputs.filter(({ size }) => size > 0);
        return parts.length === 1 ? parts[0]! : this.#intern(node, parts, like.shape, like);
      }
      case "slice":
      case "flip":
        if (value !== undefined) return this.#splat(value, like);
        break;
      case "allReduce":
        if (value !== undefined) return this.#splat(value * node.params.ranks, like);
        break;
      case "sum":
      case "max":
      case "prod":
        if (sameShape(first!.shape, like.shape)) return first!;
        if (value !== undefined && first!.size > 0) {
          const count = sizeOf(node.params.axes.map((axis) => first!.shape[axis]!));
          return this.#splat(reducedSplat(node.op, value, count, like.dtype), like);
        }
    }
    return this.#intern(node, inputs, like.shape, like);
  }

  #elementwise(name: ElementwiseName, node: GraphNode, inputs: readonly Tensor[], like: Tensor): Tensor {
    if (name === "where") return this.#where(node, inputs, like);
    const values = inputs.map(splatValue);
    if (name === "cast" && inputs[0]!.dtype === like.dtype) return inputs[0]!;
    if (like.dtype === "f32" && name !== "cast" && values.every((value) => value !== undefined)) {
      return this.#splat(elementwise[name].reference(...values as number[]), like);
    }
    const [a, b] = values;
    const [left, right] = inputs;
    if (like.dtype === "f32") {
      if (name === "add" && a === 0) return right!;
      if ((name === "add" || name === "sub") && b === 0) return left!;
      if (name === "mul" && a === 1) return right!;
      if ((name === "mul" || name === "div") && b === 1) return left!;
      if (name === "mul" && (a === 0 || b === 0)) return this.#splat(0, like);
      if (name === "mul" && b === -1) return this.#negate(left!, like);
      if (name === "neg" && left!.node.op === "neg") return left!.node.inputs[0]!;
      if (name === "add" && right!.node.op === "neg") {
        return this.#subtract(left!, right!.node.inputs[0]!, like);
      }
      if (name === "sub" && left === right) return this.#splat(0, like);
      if (name === "sub" && a === 0) return this.#negate(right!, like);
    }
    return this.#intern(node, inputs, like.shape, like);
  }

  /**
   * Results of leaky rectifiers by their condition: a result has the sign of its input, which then need not be stored.
   */
  readonly #rectified = new Map<Tensor, Tensor>();

  #where(node: GraphNode, inputs: readonly Tensor[], like: Tensor): Tensor {
    const [condition, ifTrue, ifFalse] = inputs as [Tensor, Tensor, Tensor];
    if (isRectifier(condition, ifTrue, ifFalse)) {
      const result = this.#intern(node, inputs, like.shape, like);
      this.#rectified.set(condition, result);
      return result;
    }
    const rectified = this.#rectified.get(condition);
    if (!rectified) return this.#intern(node, inputs, like.shape, like);
    const operands = [condition.node.inputs[0]!, rectified];
    const same = this.#intern(condition.node, operands, condition.shape, condition);
    return this.#intern(node, [same, ifTrue, ifFalse], like.shape, like);
  }

  #negate(x: Tensor, like: Tensor): Tensor {
    if (x.node.op === "neg") return x.node.inputs[0]!;
    return this.#intern({ op: "neg", params: {}, inputs: [] }, [x], like.shape, like);
  }

  #subtract(a: Tensor, b: Tensor, like: Tensor): Tensor {
    return this.#intern({ op: "sub", params: {}, inputs: [] }, [a, b], like.shape, like);
  }
}

/** Reduces equal values. */
function reducedSplat(kind: ReductionKind, value: number, count: number, dtype: DType): number {
  if (kind === "max") return value;
  if (dtype === "f32") return kind === "sum" ? value * count : value ** count;
  return wrap(dtype, kind === "sum" ? Math.imul(value, count) : wrappedPower(value, count));
}

/** `value^count` modulo 2³², by squaring. */
function wrappedPower(value: number, count: number): number {
  let result = 1;
  for (let base = value, left = count; left > 0; left = Math.floor(left / 2), base = Math.imul(base, base)) {
    if (left % 2 === 1) result = Math.imul(result, base);
  }
  return result;
}

/** Returns whether a `where` is `0 < y ? y : slope · y` with a positive slope, which has the sign of y. */
function isRectifier(condition: Tensor, ifTrue: Tensor, ifFalse: Tensor): boolean {
  if (condition.node.op !== "less" || ifFalse.node.op !== "mul") return false;
  const [zero, compared] = condition.node.inputs as [Tensor, Tensor];
  const [scaled, slope] = ifFalse.node.inputs as [Tensor, Tensor];
  const sameValue = compared === ifTrue && scaled === ifTrue;
  return sameValue && splatValue(zero) === 0 && (splatValue(slope) ?? 0) > 0;
}

/** Returns whether a permutation swaps the last two axes. */
function swapsLast(axes: readonly number[]): boolean {
  const rank = axes.length;
  return axes.every((axis, i) => axis === (i < rank - 2 ? i : 2 * rank - 3 - i));
}

function showNumber(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Returns the value of a tensor that is a constant, broadcast or reshaped. */
function splatValue(tensor: Tensor): number | undefined {
  let source = tensor;
  while (source.node.op === "broadcast" || source.node.op === "reshape") source = source.node.inputs[0]!;
  return source.node.op === "constant" ? source.node.params.value : undefined;
}
