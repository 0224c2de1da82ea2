/**
 * Einstein summation, by matrix products.
 * @module
 */
import { showShape } from "../../graph/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { mul } from "../elementwise/arithmetic.ts";
import { requireTensor, requireType } from "../shape/check.ts";
import { diagonal } from "./diagonal.ts";
import { matmul } from "./linear.ts";
import { broadcastTo, reshape, transpose } from "../shape/movement.ts";
import { sum } from "../reduction/reduction.ts";

/** A tensor with named axes. */
interface Named {
  readonly x: Tensor;
  readonly names: readonly string[];
}

/**
 * Einstein summation: each letter is an axis; letters absent from the result are summed over. Operands are contracted
 * pairwise from the left. `...` stands for any number of further axes, which broadcast.
 *
 * @param formula `"ij,jk->ik"` is a matrix product, `"ii->"` a trace, `"...ij->...ji"` a transpose. Without `->` the
 *   result has `...` followed by the letters that occur once, in alphabetical order.
 * @param operands f32, i32 or u32, all of one type, one per term.
 * @throws {RangeError} If the formula is invalid or does not match the shapes.
 * @throws {TypeError} If types differ or are bool.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { einsum, evaluate, reference, tensor } from "@gasp/tensor";
 *
 * const a = tensor([[1, 2], [3, 4]]), b = tensor([[5, 6], [7, 8]]);
 * const product = await evaluate(einsum("ij,jk->ik", a, b), reference);
 * assert((await product.data()).join() === "19,22,43,50");
 * ```
 *
 * @category Linear algebra
 */
export function einsum(formula: string, ...operands: readonly Tensor[]): Tensor {
  const { inputs, output } = parse(formula, operands);
  const sizes = new Map<string, number>();
  let open = inputs.map((names, i) => named(formula, operands[i]!, names, sizes));
  const needed = (names: readonly string[], others: readonly Named[]) =>
    names.filter((name) => output.includes(name) || others.some((other) => other.names.includes(name)));
  open = open.map((operand, i) => summed(operand, needed(operand.names, open.filter((_, j) => j !== i))));
  let [result, ...rest] = open as [Named, ...Named[]];
  while (rest.length > 0) {
    const [next, ...later] = rest as [Named, ...Named[]];
    const kept = needed([...new Set([...result.names, ...next.names])], later);
    result = contracted(result, next, kept);
    rest = later;
  }
  return transpose(result.x, output.map((name) => result.names.indexOf(name)));
}

function fail(formula: string, why: string): never {
  throw new RangeError(`einsum "${formula}": ${why}`);
}

/** Parses the axis names of each operand and of the result; axes of `...` are numbered from the last. */
function parse(formula: string, operands: readonly Tensor[]): { inputs: string[][]; output: string[] } {
  if (typeof formula !== "string") {
    throw new TypeError(`the first argument of einsum must be a formula, got ${String(formula)}`);
  }
  const [left, right, ...more] = formula.replaceAll(" ", "").split("->") as [string, string?, ...string[]];
  if (more.length > 0) fail(formula, "there is more than one ->");
  const terms = left.split(",");
  if (terms.length !== operands.length) {
    fail(formula, `${terms.length} terms, but ${operands.length} operands`);
  }
  for (const x of operands) {
    requireTensor("einsum", x);
    requireType("einsum", x, ["f32", "i32", "u32"]);
    if (x.dtype !== operands[0]!.dtype) {
      throw new TypeError(
        `einsum needs operands of one type, got ${operands[0]!.dtype} and ${x.dtype}: use cast()`,
      );
    }
  }
  let most = 0;
  const inputs = terms.map((term, i) => {
    const { shape } = operands[i]!,
      letters = lettersOf(formula, term).filter((name) => name !== "...").length;
    const further = shape.length - letters;
    if (term.includes("...") ? further < 0 : further !== 0) {
      fail(
        formula,
        `term ${i}, "${term}", has ${letters} letters, but operand ${i} has shape ${showShape(shape)}`,
      );
    }
    most = Math.max(most, further);
    return expand(formula, term, further);
  });
  if (right === undefined) {
    const all = inputs.flat().filter((name) => !/\d/.test(name));
    const once = [...new Set(all)].filter((name) => all.indexOf(name) === all.lastIndexOf(name)).sort();
    return { inputs, output: [...furtherNames(most), ...once] };
  }
  const output = expand(formula, right, most);
  const twice = output.find((name, i) => output.indexOf(name) !== i);
  if (twice !== undefined) fail(formula, `the result contains ${twice} twice`);
  const unknown = output.find((name) => !inputs.some((names) => names.includes(name)));
  if (unknown !== undefined) fail(formula, `the result contains ${unknown}, which no operand has`);
  if (most > 0 && !right.includes("...")) fail(formula, "operands have ..., but the result does not");
  return { inputs, output };
}

function lettersOf(formula: string, term: string): string[] {
  const parts: string[] = term.match(/\.\.\.|./g) ?? [];
  const wrong = parts.find((part) => !/^(?:\.\.\.|[A-Za-z])$/.test(part));
  if (wrong !== undefined) fail(formula, `"${wrong}" is neither a letter nor ...`);
  if (parts.indexOf("...") !== parts.lastIndexOf("...")) fail(formula, `"${term}" has ... twice`);
  return parts;
}

/** Names of the axes of `...`, in order: the last is `0`. */
function furtherNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => String(count - 1 - i));
}

function expand(formula: string, term: string, further: number): string[] {
  return lettersOf(formula, term).flatMap((part) => (part === "..." ? furtherNames(further) : [part]));
}

/** Reduces repeated names of an operand to one axis each, by taking diagonals. */
function named(
  formula: string,
  operand: Tensor,
  names: readonly string[],
  sizes: Map<string, number>,
): Named {
  names.forEach((name, axis) => {
    const size = operand.shape[axis]!, known = sizes.get(name) ?? size, broadcasts = /\d/.test(name);
    if (known !== size && !(broadcasts && (known === 1 || size === 1))) {
      fail(formula, `axis ${broadcasts ? "of ..." : name} has sizes ${known} and ${size}`);
    }
    sizes.set(name, broadcasts && size === 1 ? known : size);
  });
  let x = operand, left = [...names];
  for (let name = repeated(left); name !== undefined; name = repeated(left)) {
    const [first, second] = [left.indexOf(name), left.lastIndexOf(name)];
    const others = left.flatMap((_, axis) => (axis === first || axis === second ? [] : [axis]));
    x = diagonal(transpose(x, [...others, first, second]));
    left = [...others.map((axis) => left[axis]!), name];
  }
  return { x, names: left };
}

function repeated(names: readonly string[]): string | undefined {
  return names.find((name, i) => names.indexOf(name) !== i);
}

/** Sums over all axes not kept. */
function summed({ x, names }: Named, kept: readonly string[]): Named {
  const axes = names.flatMap((name, axis) => (kept.includes(name) ? [] : [axis]));
  return { x: axes.length === 0 ? x : sum(x, { axes }), names: names.filter((name) => kept.includes(name)) };
}

/** Contracts two tensors over the axes not kept. */
function contracted(a: Named, b: Named, kept: readonly string[]): Named {
  const shared = a.names.filter((name) => b.names.includes(name));
  const batch = shared.filter((name) => kept.includes(name)),
    inner = shared.filter((name) => !kept.includes(name));
  const rows = a.names.filter((name) => !shared.includes(name));
  const columns = b.names.filter((name) => !shared.includes(name));
  // Axes of ... may have size 1 in one of the two
  const size = (name: string) => Math.max(sizeIn(a, name), sizeIn(b, name));
  const [left, right] = [broadcastShared(a, shared, size), broadcastShared(b, shared, size)];
  const names = [...batch, ...rows, ...columns], sizes = (list: readonly string[]) => list.map(size);
  if (inner.length === 0 || a.x.dtype !== "f32") {
    const all = [...names, ...inner];
    return summed({ x: mul(alignedTo(left, all), alignedTo(right, all)), names: all }, kept);
  }
  const count = (list: readonly string[]) => sizes(list).reduce((product, n) => product * n, 1);
  const inOrder = ({ x, names }: Named, order: readonly string[]) =>
    transpose(x, order.map((name) => names.indexOf(name)));
  const p = reshape(inOrder(left, [...batch, ...rows, ...inner]), [
    ...sizes(batch),
    count(rows),
    count(inner),
  ]);
  const q = reshape(inOrder(right, [...batch, ...inner, ...columns]), [
    ...sizes(batch),
    count(inner),
    count(columns),
  ]);
  return { x: reshape(matmul(p, q), sizes(names)), names };
}

/** Size of an axis; 0 if absent. */
function sizeIn({ x, names }: Named, name: string): number {
  return x.shape[names.indexOf(name)] ?? 0;
}

function broadcastShared(
  { x, names }: Named,
  shared: readonly string[],
  size: (name: string) => number,
): Named {
  return {
    x: broadcastTo(x, names.map((name, i) => (shared.includes(name) ? size(name) : x.shape[i]!))),
    names,
  };
}

/** Reorders axes, inserting axes of size 1 for absent names. */
function alignedTo({ x, names }: Named, all: readonly string[]): Tensor {
  const present = all.filter((name) => names.includes(name));
  const ordered = transpose(x, present.map((name) => names.indexOf(name)));
  return reshape(ordered, all.map((name) => (names.includes(name) ? x.shape[names.indexOf(name)]! : 1)));
}
