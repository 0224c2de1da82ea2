/**
 * What a batching rule is: how a primitive is applied to every element of a batch at once. Batches lie along axis 0.
 * @module
 */
import { makeNode, type ParamsOf, type StructuralName, type Tensor } from "../graph/tensor.ts";
import { stack } from "../ops/shape/concatenate.ts";
import { broadcastTo, expandDims, reshape, slice, transpose } from "../ops/shape/movement.ts";

/** An input of a primitive. */
export interface Operand {
  /** `[size, ...shape]` if it is batched, else `shape`: the same for every element of the batch. */
  readonly value: Tensor;
  /** Whether each element of the batch has its own. */
  readonly batched: boolean;
}

/** What is to be batched. */
export interface BatchContext<P extends StructuralName> {
  /** The result for one element of the batch. */
  readonly y: Tensor;
  /** Parameters of the primitive. */
  readonly params: ParamsOf<P>;
  /** Elements of the batch. */
  readonly size: number;
}

/** The results of a primitive for all elements, `[size, ...shape]`; at least one of the inputs is batched. */
export type BatchRule<P extends StructuralName> = (made: BatchContext<P>, ...inputs: Operand[]) => Tensor;

/** Primitives without inputs: nothing in them is batched. */
export type LeafName = "data" | "input" | "constant" | "iota";

/** A rule for each of some primitives; it does not compile while one is missing. */
export type BatchRulesFor<P extends StructuralName> = { readonly [Name in P]: BatchRule<Name> };

/**
 * The input with an axis for the batch, `[size, ...shape]`: one that is shared is repeated.
 *
 * @param input An input.
 * @param size Elements of the batch.
 */
export function lift({ value, batched }: Operand, size: number): Tensor {
  return batched ? value : broadcastTo(expandDims(value, 0), [size, ...value.shape]);
}

/**
 * Puts an axis elsewhere; the others keep their order.
 *
 * @param x Any tensor.
 * @param from Where the axis is.
 * @param to Where it will be.
 */
export function moveAxis(x: Tensor, from: number, to: number): Tensor {
  const order = x.shape.map((_, axis) => axis).toSpliced(from, 1);
  return transpose(x, order.toSpliced(to, 0, from));
}

/**
 * A primitive applied to the elements of the batch one after the other: right for every primitive, for those where nothing
 * better is known.
 *
 * @param y The result for one element.
 * @param size Elements of the batch.
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
