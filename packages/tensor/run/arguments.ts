/**
 * Arguments of compiled functions: trees of tensors, where a number, a typed array or nested arrays of numbers may
 * replace a tensor.
 * @module
 */
import type { HostArray } from "../ir/dtype.ts";
import { type NestedNumbers, tensor } from "../graph/from_host.ts";
import { showShape } from "../graph/shape.ts";
import { Tensor } from "../graph/tensor.ts";
import type { Tree } from "../graph/tree.ts";

/**
 * A typed array that converts to a tensor; doubles are rounded to f32, except in the reference interpreter.
 *
 * @category Compilation
 */
export type TensorData = HostArray | Float64Array;

/**
 * A value accepted as a tensor: a number (f32, shape `[]`), a boolean, a typed array (one axis), or nested arrays of
 * numbers (f32). They are inputs of the program, so another number does not retrace the function.
 *
 * @category Compilation
 */
export type TensorArgument = Tensor | boolean | TensorData | NestedNumbers;

/**
 * A tree whose leaves are {@link TensorArgument}.
 *
 * @category Compilation
 */
export type TreeArgument = TensorArgument | readonly TreeArgument[] | {
  readonly [key: string]: TreeArgument;
};

/**
 * A value accepted as an argument of type `T`. An array of numbers is one tensor, so a list of tensors does not accept
 * bare numbers.
 *
 * @category Compilation
 */
export type Argument<T> =
  | T
  | (Tree extends T ? TreeArgument
    : T extends Tensor ? TensorArgument
    : T extends readonly unknown[] ? { readonly [I in keyof T]: ListItem<T[I]> }
    : { readonly [K in keyof T]: Argument<T[K]> });

/**
 * A value accepted as an entry of a list.
 *
 * @category Compilation
 */
export type ListItem<T> = Tree extends T ? TreeArgument
  : T extends Tensor ? Tensor | TensorData
  : Argument<T>;

/**
 * Values accepted as a list of arguments.
 *
 * @category Compilation
 */
export type Arguments<A extends readonly unknown[]> = { [I in keyof A]: Argument<A[I]> };

/** A leaf of the arguments of a call. */
export interface ArgumentLeaf {
  /** Path within its argument, as in `treePaths()`: `layers/1/weight`; empty for an argument that is a tensor. */
  readonly path: string;
  /** Index of the argument. */
  readonly argument: number;
  /** The value passed, as a tensor. */
  readonly tensor: Tensor;
}

/** The arguments of a call, flattened. */
export interface FlatArguments {
  /** Leaves, arrays by index and objects by sorted key. */
  readonly leaves: readonly ArgumentLeaf[];
  /** Paths, types and shapes: calls of equal signature share a program. */
  readonly signature: string;
}

/**
 * Flattens the arguments of a call.
 *
 * @param args Arguments of the call.
 * @throws {TypeError} If a leaf is not convertible to a tensor; the message names its path.
 */
export function flattenArguments(args: readonly unknown[]): FlatArguments {
  const leaves: ArgumentLeaf[] = [];
  args.forEach((value, argument) => visit(value, argument, "", leaves));
  let signature = "";
  for (const { argument, path, tensor: { dtype, shape } } of leaves) {
    signature += `${argument}/${path}:${dtype}${showShape(shape)};`;
  }
  return { leaves, signature };
}

/**
 * Replaces the leaves of arguments.
 *
 * @param args Arguments of the call.
 * @param leaves New leaves, in the order of {@link FlatArguments.leaves}.
 */
export function unflattenArguments(args: readonly unknown[], leaves: readonly Tensor[]): Tree[] {
  let next = 0;
  const rebuild = (value: unknown): Tree => {
    if (isLeaf(value)) return leaves[next++]!;
    if (Array.isArray(value)) return value.map(rebuild);
    const record = value as Readonly<Record<string, unknown>>;
    return Object.fromEntries(sortedKeys(record).map((key) => [key, rebuild(record[key])] as const));
  };
  return args.map(rebuild);
}

/** For messages: `argument 0.layers.1.weight`. */
export function showPlace({ argument, path }: Omit<ArgumentLeaf, "tensor">): string {
  return path === "" ? `argument ${argument}` : `argument ${argument}.${path.replaceAll("/", ".")}`;
}

function visit(value: unknown, argument: number, path: string, leaves: ArgumentLeaf[]): void {
  if (isLeaf(value)) {
    leaves.push({
      argument,
      path,
      tensor: value instanceof Tensor ? value : asTensor(value, argument, path),
    });
    return;
  }
  const prefix = path === "" ? "" : `${path}/`;
  if (Array.isArray(value)) {
    value.forEach((entry, i) => visit(entry, argument, `${prefix}${i}`, leaves));
  } else if (isPlainObject(value)) {
    for (const key of sortedKeys(value)) visit(value[key], argument, `${prefix}${key}`, leaves);
  } else {
    throw new TypeError(
      `${showPlace({ argument, path })} is ${
        nameOf(value)
      }: pass tensors, numbers, booleans, Float32Array, ` +
        "Int32Array, Uint32Array, nested arrays of numbers, or arrays and objects of those",
    );
  }
}

function sortedKeys(record: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(record).sort();
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== "object") return false;
  const prototype = Object.getPrototypeOf(value);
  // The prototype of plain objects is the only one that has none itself, in this realm and in others
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isLeaf(value: unknown): value is TensorArgument {
  return value instanceof Tensor || typeof value === "number" || typeof value === "boolean" ||
    isTensorData(value) || isNumbers(value);
}

function asTensor(value: Exclude<TensorArgument, Tensor>, argument: number, path: string): Tensor {
  if (typeof value === "number") return tensor(Float64Array.of(value), []);
  if (typeof value === "boolean") return tensor(Uint32Array.of(value ? 1 : 0), [], "bool");
  try {
    return tensor(value);
  } catch (error) {
    if (error instanceof RangeError) {
      throw new RangeError(`${showPlace({ argument, path })}: ${error.message}`);
    }
    throw error;
  }
}

function isTensorData(value: unknown): value is TensorData {
  return value instanceof Float32Array || value instanceof Int32Array || value instanceof Uint32Array ||
    value instanceof Float64Array;
}

/** Whether a value is a nonempty nested array of numbers. */
function isNumbers(value: unknown): value is readonly NestedNumbers[] {
  return Array.isArray(value) && value.length > 0 &&
    value.every((child) => typeof child === "number" || isNumbers(child));
}

function nameOf(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null || typeof value !== "object") return String(value);
  if (value instanceof Promise) return "a promise, which must be awaited first";
  return `a ${value.constructor.name}`;
}
