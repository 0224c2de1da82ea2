/**
 * Error bounds of sums of products: for terms with values x, w and errors e, f, the error of `Σ x w` is at most
 * `Σ e |w| + |x| f + e f` and, summed in any order, `γ Σ |x w|` of rounding, where γ grows with the number of terms.
 * @module
 */
import { sizeOf, type Tensor } from "@gasp/tensor";
import {
  anything,
  type Arithmetic,
  type Bounded,
  EPSILON,
  exactly,
  isUncertain,
  withinRange,
} from "./bounded.ts";
import { primitiveOf, type Values } from "./primitive.ts";

/** Numbers on this grid whose magnitudes sum to less than 2^24 of its steps are summed exactly. */
const GRID = 2 ** 4;

/** Just below the largest f32 number. */
const MAX_NUMBER = 3.4e38;

const absolute = (values: Values): Values => values.map(Math.abs);

/**
 * Returns the relative error of a sum of n rounded terms, added in any order and perhaps fused: n ε at most, in
 * practice near √n ε, so that a limit of `16 + 4 √n` roundings is safe and notices a lost term.
 */
function growth(terms: number): number {
  return EPSILON * Math.min(terms + 1, 16 + 4 * Math.sqrt(terms));
}

/** Whether an element may be infinite in single precision: times a zero of the padding, it is NaN. */
function mayOverflow({ value, error }: Bounded): boolean {
  return value.some((x, i) => !(Math.abs(x) + error[i]! < MAX_NUMBER));
}

/** Largest number of terms of one result. */
function termsOf(out: Tensor, operands: readonly Bounded[]): number {
  const { op, inputs } = out.node;
  if (op === "matmul") return inputs[0]!.shape.at(-1)!;
  if (op === "conv") return inputs[1]!.size / Math.max(1, inputs[1]!.shape[0]! * inputs[1]!.shape[1]!);
  if (op === "sum") return inputs[0]!.size / Math.max(1, out.size);
  if (op === "neighbourSum") return inputs[1]!.shape[1]!;
  return Math.max(...operands.map(({ value }) => value.length), 1);
}

function onGrid(operands: readonly Bounded[]): boolean {
  return operands.every((operand) =>
    !isUncertain(operand) && operand.value.every((x) => Number.isInteger(x * GRID))
  );
}

/**
 * Bounds a sum, or a sum of products of two operands.
 *
 * @param out Its node.
 * @param operands One or two.
 * @param table Further inputs, which are exact.
 * @param arithmetic Arithmetic of the device.
 */
export function boundLinear(
  out: Tensor,
  operands: readonly Bounded[],
  table: readonly Values[],
  arithmetic: Arithmetic,
): Bounded {
  const value = primitiveOf(out)(...operands.map((operand) => operand.value), ...table);
  if (out.dtype !== "f32") return operands.some(isUncertain) ? anything(value) : exactly(value, arithmetic);
  const apply = (...values: Values[]) => primitiveOf(out, "f32")(...values, ...table);
  // A zero of the padding or of a mask times an infinity
  const products = operands.length === 2;
  if (products && operands.some((x) => !x.value.every(Number.isFinite))) return anything(value);
  if (out.node.op === "conv" && operands.some(mayOverflow)) return anything(value);
  const magnitudes = operands.map((operand) => absolute(operand.value));
  const errors = operands.map((operand) => operand.error);
  const sizes = apply(...magnitudes);
  const scale = products ? GRID * GRID : GRID;
  const exact = onGrid(operands);
  const gamma = growth(termsOf(out, operands));
  const [a, b] = magnitudes, [e, f] = errors;
  const parts = operands.every((x) => !isUncertain(x))
    ? []
    : products
    ? [apply(e!, b!), apply(a!, f!), apply(e!, f!)]
    : [apply(e!)];
  const error = value.map((x, i) => {
    if (!Number.isFinite(x)) return parts.some((part) => part[i] !== 0) || Number.isNaN(x) ? Infinity : 0;
    if (exact && sizes[i]! * scale < 2 ** 24) return 0;
    return parts.reduce((total, part) => total + part[i]!, 0) + gamma * sizes[i]!;
  });
  const bounded = { value, error };
  // Partial sums may overflow although the sum does not
  sizes.forEach((size, i) => {
    if (size > 1e38) error[i] = Infinity;
  });
  withinRange(bounded);
  return bounded;
}

/**
 * Bounds cumulative sums.
 *
 * @param out Its node.
 * @param inputs Its input.
 * @param arithmetic Arithmetic of the device.
 */
export function boundRunning(out: Tensor, inputs: readonly Bounded[], arithmetic: Arithmetic): Bounded {
  return boundLinear(out, inputs, [], arithmetic);
}

/**
 * Bounds a product of many factors.
 *
 * @param out Its node.
 * @param inputs Its input.
 * @param arithmetic Arithmetic of the device.
 */
export function boundProduct(out: Tensor, [input]: readonly Bounded[], arithmetic: Arithmetic): Bounded {
  const { value: x, error: e } = input!, value = primitiveOf(out)(x);
  if (out.dtype !== "f32") return isUncertain(input!) ? anything(value) : exactly(value, arithmetic);
  const apply = primitiveOf(out, "f32");
  const sizes = apply(absolute(x)), largest = apply(x.map((y, i) => Math.abs(y) + e[i]!));
  // Partial products, in any order
  const above = apply(x.map((y) => Math.max(1, Math.abs(y))));
  const below = apply(x.map((y) => Math.min(1, Math.abs(y)) || 1));
  const terms = x.length / Math.max(1, sizeOf(out.shape));
  const whole = !isUncertain(input!) && x.every(Number.isInteger);
  const error = value.map((y, i) => {
    if (!(above[i]! < 1e38) || below[i]! < 1e-37) return Infinity;
    if (whole && above[i]! < 2 ** 24) return 0;
    return Number.isFinite(y) ? largest[i]! - sizes[i]! + terms * EPSILON * largest[i]! : Infinity;
  });
  const bounded = { value, error };
  withinRange(bounded);
  return bounded;
}
