/**
 * Exchanges with other ranks, before scheduling: fewer bytes, then fewer calls. What is chosen follows from the graph
 * alone, so that ranks on different devices make the same calls.
 * @module
 */
import { ELEMENT_BYTES } from "../../ir/dtype.ts";
import { runInScope } from "../../graph/scope.ts";
import { type GraphNode, isExchange, makeNode, Tensor } from "../../graph/tensor.ts";
import { topologicalOrder } from "../../graph/traverse.ts";
import { concatenate } from "../../ops/shape/concatenate.ts";
import { reshape, slice, transpose } from "../../ops/shape/movement.ts";
import { baseOf } from "./node_kinds.ts";
import { simplify } from "./simplify.ts";

/** Up to this size a copy costs less than a call of its own, which takes some 50 µs between processes. */
const JOINED_BYTES = 2 ** 18;
/** Most bytes of a joined exchange. */
const BUCKET_BYTES = 2 ** 22;

/**
 * Improves the exchanges of a simplified graph; a graph without any is returned as it is.
 *
 * @param outputs Tensors to compute.
 * @returns Equivalent outputs, in the same order.
 */
export function improveExchanges(outputs: readonly Tensor[]): readonly Tensor[] {
  if (!topologicalOrder(outputs).some(({ node }) => isExchange(node))) return outputs;
  return joinReductions(simplify(gatherOperands(outputs)));
}

/**
 * Lists the exchanges of a graph in the order in which every rank makes them: by the number of exchanges that each
 * waits for.
 *
 * @param outputs Tensors to compute.
 */
export function exchangesInOrder(outputs: readonly Tensor[]): Tensor[] {
  return levelsOf(topologicalOrder(outputs)).flat().filter(({ node }) => isExchange(node));
}

/** Rebuilds a graph; `replace` returns the replacement of a tensor by its new inputs, if there is one. */
class Rebuilt {
  readonly #done = new Map<Tensor, Tensor>();

  add(tensor: Tensor, replace: (inputs: readonly Tensor[]) => Tensor | undefined = () => undefined): void {
    const { node, shape, dtype, scope } = tensor, inputs = node.inputs.map((input) => this.of(input));
    const same = inputs.every((input, i) => input === node.inputs[i]);
    const copy = () => same ? tensor : new Tensor({ ...node, inputs } as unknown as GraphNode, shape, dtype);
    this.#done.set(tensor, runInScope(scope, () => replace(inputs) ?? copy()));
  }

  set(tensor: Tensor, replacement: Tensor): void {
    this.#done.set(tensor, replacement);
  }

  of(tensor: Tensor): Tensor {
    return this.#done.get(tensor)!;
  }
}

/**
 * The sum over ranks of products `Aᵣ Bᵣ` is the product of all ranks' operands, joined along the inner axis. Gradients of
 * a weight matrix have as many inner elements as the batch has examples, often far fewer than rows or columns: then
 * there are fewer bytes in the operands than in the sum, which passes each link twice.
 */
function gatherOperands(outputs: readonly Tensor[]): Tensor[] {
  const rebuilt = new Rebuilt();
  for (const tensor of topologicalOrder(outputs)) {
    rebuilt.add(
      tensor,
      ([sum]) => tensor.node.op === "allReduce" ? gatheredProduct(tensor, sum!) : undefined,
    );
  }
  return outputs.map((output) => rebuilt.of(output));
}

/** Returns the sum over ranks of a product as the product of gathered operands, if that takes fewer bytes. */
function gatheredProduct(sum: Tensor, term: Tensor): Tensor | undefined {
  const product = baseOf(term);
  if (sum.node.op !== "allReduce" || product.node.op !== "matmul") return undefined;
  const { ranks } = sum.node.params, [left, right] = product.node.inputs as [Tensor, Tensor];
  const [m, k] = left.shape.slice(-2) as [number, number], n = right.shape.at(-1)!;
  const isBatched = left.size !== m * k || right.size !== k * n;
  // Small sums share a call, gathers take two
  const isSmall = m * n * ELEMENT_BYTES <= JOINED_BYTES;
  if (isBatched || isSmall || ranks * k * (m + n) >= 2 * m * n) return undefined;
  const rows = gatherRows(transpose(reshape(left, [m, k])), ranks);
  const columns = gatherRows(reshape(right, [k, n]), ranks);
  return reshape(makeNode("matmul", {}, [transpose(rows), columns], [m, n], "f32"), sum.shape);
}

/** `[rows, columns] → [ranks · rows, columns]`. The rank itself only matters for derivatives, which have been taken. */
function gatherRows(x: Tensor, ranks: number): Tensor {
  return makeNode("allGather", { rank: 0, ranks }, [x], [ranks * x.shape[0]!, x.shape[1]!], "f32");
}

/** Joins small sums that wait for equally many exchanges, so that they take one call. */
function joinReductions(outputs: readonly Tensor[]): Tensor[] {
  const rebuilt = new Rebuilt();
  for (const level of levelsOf(topologicalOrder(outputs))) {
    const small = level.filter(({ node, size }) =>
      node.op === "allReduce" && size * ELEMENT_BYTES <= JOINED_BYTES
    );
    const buckets = bucketsOf(small).filter(({ length }) => length > 1), members = new Set(buckets.flat());
    for (const bucket of buckets) {
      const sums = jointSums(bucket, bucket.map(({ node: { inputs: [term] } }) => rebuilt.of(term!)));
      bucket.forEach((sum, i) => rebuilt.set(sum, sums[i]!));
    }
    for (const tensor of level) if (!members.has(tensor)) rebuilt.add(tensor);
  }
  return outputs.map((output) => rebuilt.of(output));
}

/** Sums of several terms by one exchange. */
function jointSums(sums: readonly Tensor[], terms: readonly Tensor[]): Tensor[] {
  const flat = concatenate(terms.map((term) => reshape(term, [term.size])));
  const { params } = sums[0]!.node as Extract<GraphNode, { readonly op: "allReduce" }>;
  const sum = makeNode("allReduce", params, [flat], flat.shape, "f32");
  let end = 0;
  return sums.map(({ shape, size }) => reshape(slice(sum, [end], [end += size]), shape));
}

/** Divides tensors, in their order, into buckets of limited size. */
function bucketsOf(tensors: readonly Tensor[]): Tensor[][] {
  const buckets: Tensor[][] = [];
  let bytes = Infinity;
  for (const tensor of tensors) {
    bytes += tensor.size * ELEMENT_BYTES;
    if (bytes > BUCKET_BYTES) {
      buckets.push([]);
      bytes = tensor.size * ELEMENT_BYTES;
    }
    buckets.at(-1)!.push(tensor);
  }
  return buckets;
}

/**
 * Sorts tensors by the number of exchanges in a row that they wait for, an exchange itself included. Within a level, inputs
 * come before their users, and exchanges first, since what they send is of earlier levels.
 */
function levelsOf(order: readonly Tensor[]): Tensor[][] {
  const depths = new Map<Tensor, number>();
  const levels: { readonly exchanges: Tensor[]; readonly others: Tensor[] }[] = [];
  for (const tensor of order) {
    const { node } = tensor, isOne = isExchange(node);
    const depth = node.inputs.reduce((most, input) => Math.max(most, depths.get(input)!), 0) +
      (isOne ? 1 : 0);
    depths.set(tensor, depth);
    while (levels.length <= depth) levels.push({ exchanges: [], others: [] });
    levels[depth]![isOne ? "exchanges" : "others"].push(tensor);
  }
  return levels.map(({ exchanges, others }) => [...exchanges, ...others]);
}
