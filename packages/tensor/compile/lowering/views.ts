/**
 * Operands of products that are read in place: strided views of stored tensors, and views over windows.
 * @module
 */
import { contiguousStrides } from "../../graph/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Digit } from "../../ir/kernel.ts";
import { isMovement, linearise, type Located, locateInput, MustStore, SplitAxis } from "./affine.ts";
import { baseOf } from "./node_kinds.ts";

/** Maximum number of movements between an operand and what is read: many operands may share a longer chain. */
const MAX_MOVEMENTS = 64;

/** A strided view of a stored tensor: its axes are the loop axes. */
export interface View {
  readonly base: Tensor;
  readonly offset: number;
  readonly strides: readonly number[];
}

/**
 * Expresses a tensor as a strided view of another, if there are only affine movements between them.
 *
 * @param tensor Tensor to view; its axes become the axes of the view.
 * @param stop Whether a tensor can be the base of the view.
 * @returns The view, or undefined.
 */
export function viewOf(tensor: Tensor, stop: (base: Tensor) => boolean): View | undefined {
  try {
    const view = findView(tensor, tensor.shape.map((size) => [size]), stop);
    // Products read forwards
    return view?.strides.every((stride) => stride >= 0) ? view : undefined;
  } catch (error) {
    if (error instanceof SplitAxis || error instanceof MustStore) return undefined;
    throw error;
  }
}

/**
 * Returns the view of a tensor each of whose axes is represented by one or more loop axes, outermost first.
 *
 * @throws {SplitAxis | MustStore} If an index is not affine without further splits.
 */
function findView(
  tensor: Tensor,
  parts: readonly (readonly number[])[],
  stop: (base: Tensor) => boolean,
): View | undefined {
  const sizes = parts.flat();
  let next = 0;
  const index = parts.map((inner) => {
    const strides = sizes.map(() => 0), own = contiguousStrides(inner);
    inner.forEach((size, i) => strides[next++] = size > 1 ? own[i]! : 0);
    return { offset: 0, strides };
  });
  let at: Located = { index, guards: [] };
  let current = tensor;
  for (let movements = 0; movements < MAX_MOVEMENTS; movements++) {
    const base = baseOf(current);
    if (stop(base)) {
      const { offset, strides } = linearise(at.index, current.shape, sizes.length);
      return at.guards.length === 0 ? { base, offset, strides } : undefined;
    }
    if (!isMovement(current.node.op)) return undefined;
    at = locateInput(current, at, sizes);
    current = current.node.inputs[0]!;
  }
  return undefined;
}

/** A view of a stored tensor each of whose axes traverses several axes of that tensor. */
export interface DigitView {
  readonly base: Tensor;
  readonly offset: number;
  /** Digits of each axis. */
  readonly digits: readonly (readonly Digit[])[];
}

/**
 * Returns the operands of a product over windows, as views that read the windows in place.
 *
 * @param product A matrix product.
 * @param stop Whether a tensor can be the base of an operand.
 * @returns The views of both operands; undefined if neither holds windows, or an operand is not such a view.
 */
export function patchViewsOf(
  product: Tensor,
  stop: (base: Tensor) => boolean,
): readonly [DigitView, DigitView] | undefined {
  const [left, right] = product.node.inputs as [Tensor, Tensor];
  if (!holdsWindows(left) && !holdsWindows(right)) return undefined;
  const views = [digitViewOf(left, stop), digitViewOf(right, stop)] as const;
  return views[0] && views[1] ? [views[0], views[1]] : undefined;
}

/** Whether a tensor can be the base of an operand with windows: padding is materialised. */
export function isPatchSource({ node }: Tensor): boolean {
  return !isMovement(node.op) || node.op === "pad";
}

function holdsWindows(operand: Tensor): boolean {
  let current = operand;
  for (let movements = 0; movements < MAX_MOVEMENTS && !isPatchSource(current); movements++) {
    if (current.node.op === "window") return true;
    current = current.node.inputs[0]!;
  }
  return false;
}

function digitViewOf(operand: Tensor, stop: (base: Tensor) => boolean): DigitView | undefined {
  const parts: number[][] = operand.shape.map((size) => [size]);
  while (true) {
    try {
      const view = findView(operand, parts, stop);
      if (!view || view.base.node.op === "constant" || view.base.node.op === "iota") return undefined;
      let next = 0;
      const digits = parts.map((sizes) =>
        joinDigits(sizes.map((size) => ({ size, stride: view.strides[next++]! })))
      );
      const batches = digits.slice(0, -2);
      return batches.some(({ length }) => length > 1) ? undefined : { ...view, digits };
    } catch (error) {
      if (error instanceof MustStore) return undefined;
      if (!(error instanceof SplitAxis)) throw error;
      splitPart(parts, error);
    }
  }
}

/** Splits one of the loop axes that represent the axes of a tensor. */
function splitPart(parts: number[][], { axis, inner }: SplitAxis): void {
  let rest = axis;
  const part = parts.find((sizes) => rest < sizes.length || (rest -= sizes.length, false))!;
  part.splice(rest, 1, part[rest]! / inner, inner);
}

/** Drops digits of size 1 and merges consecutive digits with a common stride. */
function joinDigits(digits: readonly Digit[]): Digit[] {
  const joined: Digit[] = [];
  for (const digit of digits) {
    const outer = joined.at(-1);
    if (digit.size === 1) continue;
    if (outer && outer.stride === digit.size * digit.stride) {
      joined.splice(-1, 1, { size: outer.size * digit.size, stride: digit.stride });
    } else joined.push(digit);
  }
  return joined;
}
