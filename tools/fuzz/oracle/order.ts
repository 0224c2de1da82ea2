/**
 * Error bounds of maxima and of sorting.
 * @module
 */
import type { Tensor } from "@gasp/tensor";
import { type Arithmetic, type Bounded, isUncertain } from "./bounded.ts";
import { primitiveOf } from "./primitive.ts";

/**
 * Bounds maxima: a maximum lies between those of the lower and of the upper bounds.
 *
 * @param out Its node.
 * @param inputs Its input.
 */
export function boundMaximum(out: Tensor, [input]: readonly Bounded[]): Bounded {
  const { value: x, error: e } = input!, apply = primitiveOf(out, "f32"), value = primitiveOf(out)(x);
  if (!isUncertain(input!)) return { value, error: new Float64Array(value.length) };
  const high = apply(x.map((y, i) => y + e[i]!)), low = apply(x.map((y, i) => y - e[i]!));
  const error = value.map((y, i) => {
    const spread = Math.max(high[i]! - y, y - low[i]!);
    return Number.isNaN(spread) ? Infinity : spread;
  });
  return { value, error };
}

/**
 * Bounds the order of keys: a place is certain if no other key may come to it.
 *
 * @param out Its node, `[..., count]` from `[..., n]`.
 * @param inputs Keys.
 * @param _ Arithmetic of the device.
 */
export function boundArgsort(out: Tensor, [keys]: readonly Bounded[], _: Arithmetic): Bounded {
  const value = primitiveOf(out)(keys!.value), error = new Float64Array(value.length);
  if (!isUncertain(keys!)) return { value, error };
  const length = out.node.inputs[0]!.shape.at(-1)!, count = out.shape.at(-1)!;
  for (let row = 0; row < value.length / Math.max(1, count); row++) {
    const at = (i: number) => row * length + i;
    const order = Array.from({ length }, (_, i) => i)
      .sort((a, b) => keys!.value[at(a)]! - keys!.value[at(b)]! || a - b);
    const upper: number[] = [], lower: number[] = [];
    order.reduce(
      (most, i, place) => upper[place] = Math.max(most, keys!.value[at(i)]! + keys!.error[at(i)]!),
      -Infinity,
    );
    order.reduceRight(
      (least, i, place) => lower[place] = Math.min(least, keys!.value[at(i)]! - keys!.error[at(i)]!),
      Infinity,
    );
    for (let place = 0; place < count; place++) {
      const i = order[place]!, key = keys!.value[at(i)]!, e = keys!.error[at(i)]!;
      const before = place === 0 ? -Infinity : upper[place - 1]!,
        after = place + 1 === length ? Infinity : lower[place + 1]!;
      // Exact keys may be equal: then the index decides
      const clear = e === 0
        ? (before < key || isExactBelow(order, place, keys!, at)) &&
          (after > key || isExactAbove(order, place, keys!, at))
        : before < key - e && after > key + e;
      if (!clear || !(e < Infinity)) error[row * count + place] = Infinity;
    }
  }
  return { value, error };
}

/** Whether all keys before a place that reach it are exact. */
function isExactBelow(
  order: readonly number[],
  place: number,
  keys: Bounded,
  at: (i: number) => number,
): boolean {
  const key = keys.value[at(order[place]!)]!;
  return order.slice(0, place).every((i) => {
    const e = keys.error[at(i)]!, x = keys.value[at(i)]!;
    return e === 0 ? x <= key : x + e < key;
  });
}

/** Whether all keys after a place that reach it are exact. */
function isExactAbove(
  order: readonly number[],
  place: number,
  keys: Bounded,
  at: (i: number) => number,
): boolean {
  const key = keys.value[at(order[place]!)]!;
  return order.slice(place + 1).every((i) => {
    const e = keys.error[at(i)]!, x = keys.value[at(i)]!;
    return e === 0 ? x >= key : x - e > key;
  });
}
