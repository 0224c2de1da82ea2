/**
 * Numbers in graphs that are evaluated again and again, such as `mul(x, rate)` in a loop. A number that was another one
 * when the same graph was evaluated before becomes an argument of the program, so that it is not compiled anew.
 * @module
 */
import { elementwise, isElementwise } from "../graph/elementwise.ts";
import { tensor } from "../graph/from_host.ts";
import type { Tensor } from "../graph/tensor.ts";
import { type DType, hostView } from "../ir/dtype.ts";
import type { GraphStructure } from "./graph_structure.ts";

/** Remembers the numbers of the graphs of each structure. */
export class VaryingNumbers {
  readonly #limit: number;
  /** Least recently used first. */
  readonly #known = new Map<string, { numbers: readonly number[]; readonly varying: boolean[] }>();

  /** @param limit Maximum number of structures. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Returns which numbers of a graph have differed between graphs of its structure, this one included. */
  of({ key, numbers }: GraphStructure): readonly boolean[] {
    const known = this.#known.get(key) ?? { numbers, varying: numbers.map(() => false) };
    numbers.forEach((number, i) => {
      if (!Object.is(number, known.numbers[i])) known.varying[i] = true;
    });
    known.numbers = numbers;
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#known.size > this.#limit) this.#known.delete(this.#known.keys().next().value!);
    return [...known.varying];
  }
}

/** Tensors of a graph that hold one number each, which arguments replace. */
export interface Hoisted {
  /** By type; in the order of the graph. */
  readonly tensors: ReadonlyMap<DType, readonly Tensor[]>;
  /** Their numbers. */
  readonly values: ReadonlyMap<DType, readonly number[]>;
}

/** Primitives whose result has the elements of their input. */
const MOVEMENTS: ReadonlySet<string> = new Set(["reshape", "permute", "broadcast", "slice", "flip"]);

interface Known {
  readonly value: number;
  readonly varies: boolean;
}

/**
 * Finds the tensors of a graph that hold one number which varies: constants, and what is computed from constants alone.
 * Those are computed here in double precision, exactly as the compiler folds constants.
 *
 * @param structure The graph.
 * @param varying For each number of the graph, whether it varies.
 */
export function hoistNumbers(
  { order, outputs, constants }: GraphStructure,
  varying: readonly boolean[],
): Hoisted {
  const tensors = new Map<DType, Tensor[]>(), values = new Map<DType, number[]>();
  if (!varying.includes(true)) return { tensors, values };
  const known = new Map<Tensor, Known>();
  const wanted = new Set<Tensor>();
  const want = (input: Tensor) => {
    if (known.get(input)?.varies) wanted.add(input);
  };
  for (const tensor of order) {
    const position = constants.get(tensor);
    const number = position === undefined ? foldedNumber(tensor, known) : {
      value: (tensor.node.params as { readonly value: number }).value,
      varies: varying[position]!,
    };
    if (number) known.set(tensor, number);
    else tensor.node.inputs.forEach(want);
  }
  outputs.forEach(want);
  for (const tensor of order) {
    if (!wanted.has(tensor)) continue;
    tensors.set(tensor.dtype, [...tensors.get(tensor.dtype) ?? [], tensor]);
    values.set(tensor.dtype, [...values.get(tensor.dtype) ?? [], known.get(tensor)!.value]);
  }
  return { tensors, values };
}

/** The number that all elements of a tensor are, if that follows from known numbers as in the compiler. */
function foldedNumber({ node, dtype }: Tensor, known: ReadonlyMap<Tensor, Known>): Known | undefined {
  const inputs = node.inputs.map((input) => known.get(input));
  if (inputs.length === 0 || !inputs.every((input) => input !== undefined)) return undefined;
  if (MOVEMENTS.has(node.op)) return inputs[0];
  if (!isElementwise(node.op) || dtype !== "f32" || node.op === "cast" || node.op === "where") {
    return undefined;
  }
  return {
    value: elementwise[node.op].reference(...inputs.map(({ value }) => value)),
    varies: inputs.some(({ varies }) => varies),
  };
}

/** Returns the arguments that hold hoisted numbers, one for each type. */
export function argumentsOf({ values }: Hoisted): Tensor[] {
  return Array.from(values, ([dtype, numbers]) => {
    const array = hostView(dtype, new ArrayBuffer(4 * numbers.length));
    array.set(numbers);
    return tensor(array, [numbers.length], dtype);
  });
}
