/**
 * `vmap(fn)`: vectorises a function of one example over a batch, as a transformation of graphs. As with gradients, the
 * result is an ordinary graph: it can be differentiated, compiled, and vectorised again.
 * @module
 */
import { runInScope } from "../graph/scope.ts";
import { normaliseAxis, showShape } from "../graph/shape.ts";
import { makeNode, Tensor } from "../graph/tensor.ts";
import { topologicalOrder } from "../graph/traverse.ts";
import { type Tree, treeLeaves, treeMap } from "../graph/tree.ts";
import { lift, moveAxis } from "./rule.ts";
import { batched } from "./table.ts";

/**
 * The mapped axis of each leaf of a tree: one axis for all leaves; `null` for a tree shared by all examples; or arrays
 * and objects of those, matching the structure of the tree.
 *
 * @category Transformations
 */
export type MappedAxes = number | null | readonly MappedAxes[] | { readonly [key: string]: MappedAxes };

/**
 * Options of {@link vmap}.
 *
 * @category Transformations
 */
export interface VmapOptions {
  /**
   * The mapped axis of all arguments, or a list with one entry per argument. `null`: the argument is shared. Default:
   * 0.
   */
  readonly inAxes?: number | null | readonly MappedAxes[];
  /** Position of the mapped axis in the results. `null`: the result must not depend on the example. Default: 0. */
  readonly outAxes?: MappedAxes;
}

/**
 * Vectorises a function of one example over a batch. There is no loop: every operation is replaced by one on all
 * examples.
 *
 * @param fn A function of trees of tensors; it is called once, with placeholders without the mapped axis, and must not
 *   read values. Tensors that it closes over are shared.
 * @param options Mapped axes of arguments and results.
 * @returns A function of the same trees with an additional axis in each mapped leaf.
 * @throws {RangeError} If no argument is mapped, sizes along the mapped axes differ, or an axis is out of range.
 * @throws {TypeError} If the structure of the axes does not match the arguments or results.
 *
 * @example Per-example gradients
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { grad } from "@gasp/autograd";
 * import { evaluate, matmul, openDevice, square, sub, sum, tensor, type Tensor, vmap } from "@gasp/tensor";
 *
 * await using device = await openDevice("wasm");
 * const loss = (w: Tensor, x: Tensor, y: Tensor) => square(sub(sum(matmul(x, w)), y));
 * const each = vmap(grad(loss), { inAxes: [null, 0, 0] });
 * const w = tensor([[1], [2]]), x = tensor([[[1, 0]], [[0, 1]], [[1, 1]]]), y = tensor([0, 0, 3]);
 * using gradients = await evaluate(each(w, x, y), device);
 * assertEquals(gradients.shape, [3, 2, 1]);
 * assertEquals(await gradients.data(), Float32Array.of(2, 0, 0, 4, 0, 0));
 * ```
 *
 * @category Transformations
 */
export function vmap<A extends readonly Tree[], R extends Tree>(
  fn: (...args: A) => R,
  options: VmapOptions = {},
): (...args: A) => R {
  const { inAxes = 0, outAxes = 0 } = options;
  return (...args) => {
    const axes = inAxes === null || typeof inAxes === "number" ? args.map(() => inAxes) : inAxes;
    if (axes.length !== args.length) {
      throw new TypeError(`vmap got inAxes for ${axes.length} arguments, but ${args.length} arguments`);
    }
    const placeholders = new Map<Tensor, Tensor>();
    const size = new BatchSize();
    const example = mapWithAxes(args as readonly Tree[], axes, "inAxes", (leaf, axis, path) => {
      if (axis === null) return leaf;
      const at = axisWithin(leaf, axis, leaf.rank, path);
      size.meet(leaf.shape[at]!, path);
      const placeholder = makeNode("input", {}, [], leaf.shape.toSpliced(at, 1), leaf.dtype);
      placeholders.set(placeholder, moveAxis(leaf, at, 0));
      return placeholder;
    }) as unknown as A;
    const count = size.value();
    const result = fn(...example);
    const values = batchGraph(treeLeaves(result), placeholders, count);
    return mapWithAxes(result, outAxes, "outAxes", (leaf, axis, path) => {
      const value = values.get(leaf);
      if (axis !== null) {
        const all = lift({ value: value ?? leaf, batched: value !== undefined }, count);
        return moveAxis(all, 0, axisWithin(all, axis, all.rank, path));
      }
      if (!value) return leaf;
      throw new RangeError(
        `outAxes says that the result at '${path}' is shared, but it depends on the mapped arguments: set an axis`,
      );
    }) as R;
  };
}

/** The common size of all mapped axes. */
class BatchSize {
  #known: { readonly size: number; readonly path: string } | undefined;

  meet(size: number, path: string): void {
    this.#known ??= { size, path };
    if (this.#known.size === size) return;
    throw new RangeError(
      `vmap needs mapped axes of one size, got ${this.#known.size} at '${this.#known.path}' and ${size} at '${path}'`,
    );
  }

  value(): number {
    if (this.#known) return this.#known.size;
    throw new RangeError("vmap needs at least one mapped argument: set an axis in inAxes");
  }
}

/** Computes the tensors that depend on the placeholders, for all examples. */
function batchGraph(
  outputs: readonly Tensor[],
  placeholders: ReadonlyMap<Tensor, Tensor>,
  size: number,
): Map<Tensor, Tensor> {
  const values = new Map(placeholders);
  for (const tensor of topologicalOrder(outputs)) {
    const { inputs } = tensor.node;
    if (!inputs.some((input) => values.has(input))) continue;
    const operands = inputs.map((input) => ({
      value: values.get(input) ?? input,
      batched: values.has(input),
    }));
    values.set(tensor, runInScope(tensor.scope, () => batched(tensor, size, operands)));
  }
  return values;
}

function axisWithin(leaf: Tensor, axis: number, rank: number, path: string): number {
  if (axis >= -rank && axis < rank) return normaliseAxis(axis, rank);
  throw new RangeError(`vmap: axis ${axis} is out of range for shape ${showShape(leaf.shape)} at '${path}'`);
}

/** Maps the leaves of a tree together with their axes. */
function mapWithAxes(
  tree: Tree,
  axes: MappedAxes,
  name: string,
  map: (leaf: Tensor, axis: number | null, path: string) => Tensor,
  path: string = "",
): Tree {
  if (axes === null || typeof axes === "number") {
    return treeMap(
      tree,
      (leaf, below) => map(leaf, axes, [path, below].filter((part) => part !== "").join("/")),
    );
  }
  const form = (value: Tree | MappedAxes) =>
    value instanceof Tensor ? "a tensor" : Array.isArray(value) ? `a list of ${value.length}` : "an object";
  const entries = axes as Readonly<Record<string, MappedAxes>>, keys = Object.keys(tree);
  const fits = !(tree instanceof Tensor) && Array.isArray(axes) === Array.isArray(tree) &&
    keys.length === Object.keys(axes).length && keys.every((key) => entries[key] !== undefined);
  if (!fits) {
    throw new TypeError(
      `vmap: ${name} has ${form(axes)} at '${path}', where there is ${form(tree)} with other keys`,
    );
  }
  const inner = (key: string) => {
    const child = (tree as Readonly<Record<string, Tree>>)[key]!;
    return mapWithAxes(child, entries[key]!, name, map, path === "" ? key : `${path}/${key}`);
  };
  if (Array.isArray(tree)) return keys.map(inner);
  return Object.fromEntries(keys.map((key) => [key, inner(key)]));
}
