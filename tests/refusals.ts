/**
 * Builds calls that must throw, for the tables of arguments that public functions reject.
 * @module
 */
import * as t from "@gasp/tensor";

/** Calls that must throw, by what is wrong with them. */
export type Bad = Readonly<Record<string, () => unknown>>;

/** Calls that a function must reject, or the reason why there are none here. */
export type Entry = Bad | { readonly nothing: string };

/** Valid arguments. */
export const f32: t.Tensor = t.ones([2, 3]);
export const vector: t.Tensor = t.tensor([1, 2, 3, 4]);
export const i32: t.Tensor = t.tensor(Int32Array.of(0, 1, 2), [3]);
export const u32: t.Tensor = t.tensor(Uint32Array.of(0, 1, 2), [3]);
export const bool: t.Tensor = t.tensor([true, false, true]);
export const table: t.IndexTable = t.indexTable([0, 1], [2], 2);

// deno-lint-ignore no-explicit-any
export type Loose = (...args: any[]) => unknown;
/** The package without its types. */
export const loose: Record<string, Loose> = t as unknown as Record<string, Loose>;

const NUMBERS = { "a fraction": 0.5, NaN: NaN, "-1": -1, Infinity: Infinity } as const;

/** Calls with values that are not non-negative integers, and with further invalid values. */
export function whole(what: string, call: (value: number) => unknown, more: readonly number[] = []): Bad {
  const values: [string, number][] = [
    ...Object.entries(NUMBERS),
    ...more.map((n): [string, number] => [String(n), n]),
  ];
  return Object.fromEntries(values.map(([name, value]) => [`${what} ${name}`, () => call(value)]));
}

/** Calls with invalid axes of a tensor of a rank, two by default; negative axes count from the end. */
export function axis(call: (value: number) => unknown, rank = 2): Bad {
  const values = [0.5, NaN, rank, -rank - 1, Infinity];
  return Object.fromEntries(values.map((value) => [`axis ${value}`, () => call(value)]));
}

/** Calls with values that are not tensors as the first argument. */
export function noTensor(name: string, ...rest: readonly unknown[]): Bad {
  return Object.fromEntries(
    [undefined, null, "x", [1, 2], new Float32Array(2), {}].map((value) => [
      `${Array.isArray(value) ? "an array" : String(value)} as tensor`,
      () => loose[name]!(value, ...rest),
    ]),
  );
}

/** Calls of operations that only support f32. */
export function real(name: string, ...rest: readonly unknown[]): Bad {
  return {
    ...noTensor(name, ...rest),
    "i32": () => loose[name]!(i32, ...rest),
    "u32": () => loose[name]!(u32, ...rest),
    "bool": () => loose[name]!(bool, ...rest),
  };
}

/** Calls of operations on two tensors, or on a tensor and a number. */
export function pair(name: string, types: readonly ("i32" | "bool")[]): Bad {
  const call = loose[name]!;
  return {
    "two types": () => call(f32, i32),
    "shapes that do not broadcast": () => call(f32, vector),
    "an array": () => call(vector, [1, 2, 3, 4]),
    "nothing": () => call(vector),
    ...(types.includes("i32") ? { "i32": () => call(i32, i32) } : {
      "a fraction with i32": () => call(i32, 0.5),
      "-1 with u32": () => call(u32, -1),
      "2³² with u32": () => call(u32, 2 ** 32),
      "NaN with i32": () => call(i32, NaN),
    }),
    ...(types.includes("bool") ? { "bool": () => call(bool, bool) } : {}),
  };
}

export function reduction(name: string, options: Readonly<Record<string, unknown>> = {}): Bad {
  const x = name === "any" || name === "all" ? t.less(f32, 1) : f32;
  return {
    ...noTensor(name),
    ...axis((axes) => loose[name]!(x, { ...options, axes })),
    "an axis twice": () => loose[name]!(x, { ...options, axes: [0, -2] }),
  };
}
