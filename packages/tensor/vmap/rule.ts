/**
 * Batching rules: how a primitive is applied to all elements of a batch at once. The batch axis is axis 0.
 * @module
 */
import type { ParamsOf, StructuralName } from "../graph/primitives.ts";
import { makeNode, type Tensor } from "../graph/tensor.ts";
import { stack } from "../ops/shape/concatenate.ts";
import { broadcastTo, expandDims, reshape, slice, transpose } from "../ops/shape/movement.ts";

/** An input of a primitive. */
export interface Operand {
  /** `[size, ...shape]` if it is batched, else `shape`: the same for every element of the batch. */
  readonly value: Tensor;
  /** Whether the value differs between elements of the batch. */
  readonly batched: boolean;
}

/** The primitive to batch. */
export interface BatchContext<P extends StructuralName> {
  /** The result for one element of the batch. */
  readonly y: Tensor;
  /** Parameters of the primitive. */
  readonly params: ParamsOf<P>;
  /** Batch size. */
  readonly size: number;
}

/** Returns the results of a primitive for all elements, `[size, ...shape]`; at least one of the inputs is batched. */
export type BatchRule<P extends StructuralName> = (context: BatchContext<P>, ...inputs: Operand[]) => Tensor;

/** Primitives without inputs, which are never batched. */
export type LeafName = "data" | "input" | "constant" | "iota";

/** One rule per primitive; a missing rule is a type error. */
export type BatchRulesFor<P extends StructuralName> = { readonly [Name in P]: BatchRule<Name> };

/**
 * Returns an input with a batch axis, `[size, ...shape]`: shared inputs are broadcast.
 *
 * @param input An input.
 * @param size Batch size.
 */
export function lift({ value, batched }: Operand, size: number): Tensor {
  return batched ? value : broadcastTo(expandDims(value, 0), [size, ...value.shape]);
}

/**
 * Moves an axis; the others keep their order.
 *
 * @param x Any tensor.
 * @param from Current position of the axis.
 * @param to New position.
 */
export function moveAxis(x: Tensor, from: number, to: number): Tensor {
  const order = x.shape.map((_, axis) => axis).toSpliced(from, 1);
  return transpose(x, order.toSpliced(to, 0, from));
}

/**
 * Applies a primitive to each element of the batch separately: a fallback for primitives without a better rule.
 *
 * @param y The result for one element.
 * @param size Batch size.
 * @param inputs Its inputs.
 */
export function unrolled(y: Tensor, size: number, inputs: readonly Operand[]): Tensor {
  const { op, params } = y.node;
  const results = Array.from({ length: size }, (_, i) => {
    const own = inputs.map(({ value, batched }) => {
      if (!batched) return value;
      const rest = value.shape.slice(1), zeros = rest.map(() => 0);
      return reshape(slice(value, [i, ...zeros], [i + 1, ...rest]), rest);
    });
    return makeNode(op, params, own, y.shape, y.dtype);
  });
  return results.length > 0 ? stack(results) : broadcastTo(expandDims(y, 0), [0, ...y.shape]);
}
