/**
 * What may be passed to a compiled function: trees of tensors, and in place of a tensor a number, a typed array or nested
 * arrays of numbers.
 * @module
 */
import { type Device, isKernelDevice } from "../core/target.ts";
import type { HostArray } from "../core/dtype.ts";
import { type NestedNumbers, tensor } from "../graph/from_host.ts";
import { showShape } from "../graph/shape.ts";
import { Tensor } from "../graph/tensor.ts";
import { topologicalOrder } from "../graph/traverse.ts";
import type { Tree } from "../graph/tree.ts";

/** A typed array whose type is that of a tensor; doubles are rounded to f32, but by the reference interpreter. */
export type TensorData = HostArray | Float64Array;

/**
 * What may stand for a tensor: a number (f32, shape `[]`), a boolean, a typed array (one axis), or nested arrays of numbers
 * (f32). They are inputs of the program, so another number needs no other program.
 */
export type TensorArgument = Tensor | boolean | TensorData | NestedNumbers;

/** A tree whose leaves are {@link TensorArgument}. */
export type TreeArgument = TensorArgument | readonly TreeArgument[] | {
  readonly [key: string]: TreeArgument;
};

/**
 * What may be passed for an argument of type `T`. Arrays of numbers are one tensor, so a list of tensors takes no bare
 * numbers.
 */
export type Argument<T> =
  | T
  | (Tree extends T ? TreeArgument
    : T extends Tensor ? TensorArgument
    : T extends readonly unknown[] ? { readonly [I in keyof T]: ListItem<T[I]> }
    : { readonly [K in keyof T]: Argument<T[K]> });

/** What may be passed for an entry of a list. */
export type ListItem<T> = Tree extends T ? TreeArgument
  : T extends Tensor ? Tensor | TensorData
  : Argument<T>;

/** What may be passed for each of some arguments. */
export type Arguments<A extends readonly unknown[]> = { [I in keyof A]: Argument<A[I]> };

/** A tensor in the arguments of a call. */
export interface ArgumentLeaf {
  /** Where it is in its argument, as in `treePaths()`: `layers/1/weight`; empty for an argument that is a tensor. */
  readonly path: string;
  /** Which argument it belongs to. */
  readonly argument: number;
  /** What was passed, as a tensor. */
  readonly tensor: Tensor;
}

/** The arguments of a call, flattened. */
export interface FlatArguments {
  /** Tensors, arrays by position and objects by sorted key. */
  readonly leaves: readonly ArgumentLeaf[];
  /** Equal for two calls that the same program serves: paths, types and shapes. */
  readonly signature: string;
}

/**
 * Flattens the arguments of a call.
 *
 * @param args What was passed.
 * @throws {TypeError} If something in it is no tensor and cannot stand for one; the message says where.
 */
export function flattenArguments(args: readonly unknown[]): FlatArguments {
  const leaves: ArgumentLeaf[] = [];
  args.forEach((value, argument) =>
    rebuild(value, argument, "", (tensor, path) => {
      leaves.push({ path, argument, tensor });
      return tensor;
    })
  );
  const parts = leaves.map(({ argument, path, tensor: { dtype, shape } }) =>
    `${argument}/${path}:${dtype}${showShape(shape)}`
  );
  return { leaves, signature: parts.join(";") };
}

/**
 * Trees like the arguments with other tensors as leaves.
 *
 * @param args What was passed.
 * @param map From what was passed, as a tensor, to the new leaf; called in the order of {@link FlatArguments.leaves}.
 */
export function mapArguments(args: readonly unknown[], map: (leaf: Tensor) => Tensor): Tree[] {
  return args.map((value, argument) => rebuild(value, argument, "", map));
}

/** For messages: `argument 0.layers.1.weight`. */
function showPlace(argument: number, path: string): string {
  return path === "" ? `argument ${argument}` : `argument ${argument}.${path.replaceAll("/", ".")}`;
}

function rebuild(
  value: unknown,
  argument: number,
  path: string,
  map: (leaf: Tensor, path: string) => Tensor,
): Tree {
  const leaf = asTensor(value, argument, path);
  if (leaf) return map(leaf, path);
  const child = (key: string | number, entry: unknown) =>
    rebuild(entry, argument, path === "" ? `${key}` : `${path}/${key}`, map);
  if (Array.isArray(value)) return value.map((entry, i) => child(i, entry));
  if (!isPlainObject(value)) {
    throw new TypeError(
      `${showPlace(argument, path)} is ${
        nameOf(value)
      }: pass tensors, numbers, booleans, Float32Array, Int32Array, ` +
        "Uint32Array, nested arrays of numbers, or arrays and objects of those",
    );
  }
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, child(key, value[key])] as const));
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== "object") return false;
  const prototype = Object.getPrototypeOf(value);
  // The prototype of plain objects is the only one that has none itself, in this realm and in others
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function asTensor(value: unknown, argument: number, path: string): Tensor | undefined {
  if (value instanceof Tensor) return value;
  if (typeof value === "number") return tensor(Float64Array.of(value), []);
  if (typeof value === "boolean") return tensor(Uint32Array.of(value ? 1 : 0), [], "bool");
  if (isTensorData(value)) return tensor(value);
  if (!isNumbers(value)) return undefined;
  try {
    return tensor(value);
  } catch (error) {
    if (error instanceof RangeError) throw new RangeError(`${showPlace(argument, path)}: ${error.message}`);
    throw error;
  }
}

function isTensorData(value: unknown): value is TensorData {
  return value instanceof Float32Array || value instanceof Int32Array || value instanceof Uint32Array ||
    value instanceof Float64Array;
}

/** True for nested arrays that hold numbers only, and at least one. */
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

/**
 * Checks the arguments of a call before anything is computed or consumed.
 *
 * @param leaves The tensors.
 * @param device Where the program runs.
 * @param donated Positions of arguments that the call consumes.
 * @param captured Tensors that the function closes over.
 * @throws {Error} If a tensor has no elements, lies on another device, or is donated and used elsewhere too.
 */
export function checkLeaves(
  leaves: readonly ArgumentLeaf[],
  device: Device,
  donated: ReadonlySet<number>,
  captured: ReadonlySet<Tensor>,
): void {
  const paths = new Map<unknown, ArgumentLeaf>();
  for (const leaf of leaves) {
    const place = showPlace(leaf.argument, leaf.path);
    if (leaf.tensor.isConcrete) checkConcrete(leaf.tensor, place, device);
    else checkGraph(leaf.tensor, place, device);
    const first = paths.get(leaf.tensor);
    if (first && (donated.has(first.argument) || donated.has(leaf.argument))) {
      const consumed = donated.has(leaf.argument) ? leaf : first;
      throw new Error(
        `${place} is the same tensor as ${
          showPlace(first.argument, first.path)
        }, and argument ${consumed.argument} is donated: its memory ` +
          "would be overwritten while the other is read; pass a copy (evaluate() returns one) or do not donate it",
      );
    }
    if (donated.has(leaf.argument) && captured.has(leaf.tensor)) {
      throw new Error(
        `${place} is donated, and the compiled function closes over the same tensor, which later calls need: pass ` +
          "a copy (evaluate() returns one) or do not donate it",
      );
    }
    paths.set(leaf.tensor, first ?? leaf);
  }
}

function checkConcrete(tensor: Tensor, place: string, device: Device): void {
  const what = `${place}, of shape ${showShape(tensor.shape)},`;
  if (tensor.isDisposed) throw new Error(`${what} was disposed of or donated: its elements are gone`);
  const { storage } = tensor;
  // The interpreter reads what lies on devices
  if (storage.kind === "host" || storage.device === device || !isKernelDevice(device)) return;
  throw new Error(
    `${what} lies on another device (${storage.device.info.name}), not on ${device.info.name}: ` +
      "read it with data() and pass the numbers",
  );
}

/** Checks what a tensor that is not evaluated is computed from. */
function checkGraph(tensor: Tensor, place: string, device: Device): void {
  for (const source of topologicalOrder([tensor])) {
    if (source.isConcrete) {
      checkConcrete(source, source === tensor ? place : `a tensor in the graph of ${place}`, device);
    }
    if (source.node.op === "input") {
      throw new Error(
        `${place}, of shape ${
          showShape(tensor.shape)
        }, has no elements, since it is a placeholder or an argument of a ` +
          "function that is being traced: inside compile(), grad() and the like call functions that are not compiled",
      );
    }
  }
}
