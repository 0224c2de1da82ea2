/**
 * Affine index arithmetic over the loop axes of a kernel: maps the index of a result's element to indices of its
 * inputs, through reshapes, transposes, broadcasts, slices and pads, without division.
 * @module
 */
import { contiguousStrides, type Shape } from "../../graph/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Affine, Guard } from "../../ir/kernel.ts";

/** Thrown if a loop axis must be split so that an index stays affine: `axis` into `(size / inner, inner)`. */
export class SplitAxis extends Error {
  /** @param axis Index of the axis. @param inner Size of its inner part. */
  constructor(readonly axis: number, readonly inner: number) {
    super(`axis ${axis} must be split at ${inner}`);
  }
}

/** Thrown if no split makes an index affine: the tensor must be stored. */
export class MustStore extends Error {
  /** @param tensor Tensor to store. */
  constructor(readonly tensor: Tensor) {
    super(`tensor ${tensor.id} (${tensor.node.op}) must be stored`);
  }
}

/** Creates a constant function. @param value Value. @param rank Number of axes. */
export function constantAffine(value: number, rank: number): Affine {
  return { offset: value, strides: new Array<number>(rank).fill(0) };
}

/** Computes `a + scale · b`. @param a Summand. @param b Scaled summand. @param scale Factor. */
export function addAffine(a: Affine, b: Affine, scale: number): Affine {
  return { offset: a.offset + scale * b.offset, strides: a.strides.map((s, i) => s + scale * b.strides[i]!) };
}

/** Returns whether two affine functions are equal. @param a First. @param b Second. */
export function sameAffine(a: Affine, b: Affine): boolean {
  return a.offset === b.offset && a.strides.every((stride, i) => stride === b.strides[i]);
}

/**
 * Computes the flat index of an element in a contiguous array.
 *
 * @param index One affine function per axis of the array.
 * @param shape Shape of the array.
 * @param rank Number of loop axes.
 */
export function linearise(index: readonly Affine[], shape: Shape, rank: number): Affine {
  const strides = contiguousStrides(shape);
  return index.reduce((sum, at, axis) => addAffine(sum, at, strides[axis]!), constantAffine(0, rank));
}

/**
 * Computes the index of an element from its flat index; inverts {@link linearise}.
 *
 * @param position Flat index in a contiguous array.
 * @param shape Shape of the array.
 * @param sizes Sizes of the loop axes.
 * @returns One affine function per axis, or undefined if there are none even after splitting loop axes.
 * @throws {SplitAxis} If splitting a loop axis helps.
 */
export function unlinearise(position: Affine, shape: Shape, sizes: readonly number[]): Affine[] | undefined {
  const index = new Array<Affine>(shape.length);
  let rest = position;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const parts = divide(rest, shape[axis]!, sizes);
    if (!parts) return undefined;
    index[axis] = parts.remainder;
    rest = parts.quotient;
  }
  return index;
}

function divide(
  value: Affine,
  by: number,
  sizes: readonly number[],
): { quotient: Affine; remainder: Affine } | undefined {
  const quotient = new Array<number>(sizes.length).fill(0);
  const remainder = new Array<number>(sizes.length).fill(0);
  const rest = ((value.offset % by) + by) % by;
  let largest = rest;
  for (const [axis, stride] of value.strides.entries()) {
    const size = sizes[axis]!;
    if (stride === 0 || size === 1) continue;
    if (stride % by === 0) {
      quotient[axis] = stride / by;
    } else if (stride > 0 && stride * (size - 1) < by) {
      remainder[axis] = stride;
      largest += stride * (size - 1);
    } else {
      const inner = by / stride;
      if (stride > 0 && Number.isInteger(inner) && size % inner === 0) throw new SplitAxis(axis, inner);
      return undefined;
    }
  }
  if (largest >= by) return undefined;
  return {
    quotient: { offset: (value.offset - rest) / by, strides: quotient },
    remainder: { offset: rest, strides: remainder },
  };
}

/** An index into a tensor, and the conditions under which it is in bounds. */
export interface Located {
  readonly index: readonly Affine[];
  readonly guards: readonly Guard[];
}

/** Returns whether a primitive only moves elements by affine indices. @param op Name of a primitive. */
export function isMovement(op: string): boolean {
  return op === "reshape" || op === "permute" || op === "broadcast" || op === "slice" || op === "pad" ||
    op === "window" || op === "flip";
}

/**
 * Maps an index into a movement's result to an index into its input.
 *
 * @param tensor The result of a movement primitive.
 * @param at Index into the result.
 * @param sizes Sizes of the loop axes.
 * @throws {SplitAxis | MustStore} If the index is not affine.
 */
export function locateInput(tensor: Tensor, at: Located, sizes: readonly number[]): Located {
  const { node } = tensor;
  const input = node.inputs[0]!;
  const { index, guards } = at;
  switch (node.op) {
    case "reshape": {
      const found = unlinearise(linearise(index, tensor.shape, sizes.length), input.shape, sizes);
      if (!found) throw new MustStore(input);
      return { index: found, guards };
    }
    case "permute": {
      const inner = new Array<Affine>(index.length);
      node.params.axes.forEach((axis, i) => inner[axis] = index[i]!);
      return { index: inner, guards };
    }
    case "broadcast":
      return {
        index: index.map((affine, axis) =>
          input.shape[axis] === 1 ? constantAffine(0, sizes.length) : affine
        ),
        guards,
      };
    case "slice": {
      const { starts, steps } = node.params;
      const shifted = index.map(({ offset, strides }, axis) => ({
        offset: starts[axis]! + steps[axis]! * offset,
        strides: strides.map((stride) => stride * steps[axis]!),
      }));
      return { index: shifted, guards };
    }
    case "window": {
      const { axis, start, step, dilation } = node.params;
      const inside = addAffine(constantAffine(start, sizes.length), index[axis]!, step);
      return { index: index.slice(0, -1).with(axis, addAffine(inside, index.at(-1)!, dilation)), guards };
    }
    case "flip": {
      const turned = index.map((affine, axis) =>
        node.params.axes.includes(axis)
          ? addAffine(constantAffine(input.shape[axis]! - 1, sizes.length), affine, -1)
          : affine
      );
      return { index: turned, guards };
    }
    case "pad": {
      const { low } = node.params;
      const shifted = index.map(({ offset, strides }, axis) => ({ offset: offset - low[axis]!, strides }));
      const added = shifted.map((affine, axis) => ({ ...affine, size: input.shape[axis]! }))
        .filter((_, axis) => input.shape[axis] !== tensor.shape[axis]);
      return { index: shifted, guards: [...guards, ...added] };
    }
    default:
      throw new Error(`${node.op} is not a movement`);
  }
}
