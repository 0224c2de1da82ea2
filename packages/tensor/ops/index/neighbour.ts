/**
 * The neighbour sum of PointConv and its two adjoints: the three partial derivatives of the trilinear form
 * `T = Σ F[index[m,k], b, c] · W[m, k, j] · H[m, b, c, j]`. The gradients of each are the two others, so derivatives of
 * any order run on the same three kernels, and the gathered array `[outputs, k, batch, channels]` is never written.
 * @module
 */
import { showShape } from "../../graph/shape.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { requireTensor, requireType } from "../shape/check.ts";
import { checkTable, type IndexTable } from "./index_table.ts";
import { tableRows } from "./indexing.ts";

function fail(name: string, wanted: string, ...got: Tensor[]): never {
  throw new RangeError(`${name} needs ${wanted}, got ${got.map((x) => showShape(x.shape)).join(" and ")}`);
}

function checkArguments(name: string, tensors: readonly Tensor[], table: IndexTable): void {
  checkTable(name, table);
  for (const x of tensors) {
    requireTensor(name, x);
    requireType(name, x, ["f32"]);
  }
}

function inputs(a: Tensor, b: Tensor, table: IndexTable): Tensor[] {
  return [a, b, table.index, table.indptr, table.positions];
}

/**
 * `H[m, b, c, j] = Σ_k F[index[m,k], b, c] · W[m, k, j]`.
 *
 * @param features `[points, batch, channels]`.
 * @param weights `[outputs, k, mid]`.
 * @param table Neighbours, `[outputs, k]` over the points.
 * @returns `[outputs, batch, channels, mid]`.
 * @throws {RangeError} If the shapes do not match.
 * @category PointConv
 *
 * @example The mean of two neighbours
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, full, indexTable, neighbourSum, reference, tensor } from "@gasp/tensor";
 *
 * const table = indexTable([0, 1, 1, 2], [2, 2], 3);
 * const features = tensor([[[1]], [[3]], [[7]]]), weights = full([2, 2, 1], 0.5);
 * const y = await evaluate(neighbourSum(features, weights, table), reference);
 * assertEquals([...await y.data()], [2, 5]);
 * ```
 */
export function neighbourSum(features: Tensor, weights: Tensor, table: IndexTable): Tensor {
  checkArguments("neighbourSum", [features, weights], table);
  const [outputs, k] = table.index.shape;
  const [points, batch, channels] = features.shape;
  const fits = features.rank === 3 && weights.rank === 3 && table.index.rank === 2 &&
    points === tableRows(table) && weights.shape[0] === outputs && weights.shape[1] === k;
  if (!fits) {
    fail(
      "neighbourSum",
      `[${tableRows(table)}, batch, channels] and [${outputs}, ${k}, mid]`,
      features,
      weights,
    );
  }
  const shape = [outputs!, batch!, channels!, weights.shape[2]!];
  return makeNode("neighbourSum", {}, inputs(features, weights, table), shape, "f32");
}

/**
 * `W[m, k, j] = Σ_{b,c} F[index[m,k], b, c] · H[m, b, c, j]`.
 *
 * @param features `[points, batch, channels]`.
 * @param sums `[outputs, batch, channels, mid]`.
 * @param table Neighbours, `[outputs, k]` over the points.
 * @returns `[outputs, k, mid]`.
 * @throws {RangeError} If the shapes do not match.
 * @category PointConv
 *
 * @example The gradient of the sum of `neighbourSum` by its weights: the features of each neighbour
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, indexTable, neighbourWeights, ones, reference, tensor } from "@gasp/tensor";
 *
 * const table = indexTable([0, 1, 1, 2], [2, 2], 3);
 * const features = tensor([[[1]], [[3]], [[7]]]);
 * const y = await evaluate(neighbourWeights(features, ones([2, 1, 1, 1]), table), reference);
 * assertEquals([...await y.data()], [1, 3, 3, 7]);
 * ```
 */
export function neighbourWeights(features: Tensor, sums: Tensor, table: IndexTable): Tensor {
  checkArguments("neighbourWeights", [features, sums], table);
  const [outputs, k] = table.index.shape;
  const fits = features.rank === 3 && sums.rank === 4 && table.index.rank === 2 &&
    features.shape[0] === tableRows(table) && sums.shape[0] === outputs &&
    sums.shape[1] === features.shape[1] && sums.shape[2] === features.shape[2];
  if (!fits) {
    fail(
      "neighbourWeights",
      `[${tableRows(table)}, batch, channels] and [${outputs}, batch, channels, mid]`,
      features,
      sums,
    );
  }
  return makeNode(
    "neighbourWeights",
    {},
    inputs(features, sums, table),
    [outputs!, k!, sums.shape[3]!],
    "f32",
  );
}

/**
 * `F[p, b, c] = Σ_{(m,k) : index[m,k] = p} Σ_j W[m, k, j] · H[m, b, c, j]`.
 *
 * @param weights `[outputs, k, mid]`.
 * @param sums `[outputs, batch, channels, mid]`.
 * @param table Neighbours, `[outputs, k]` over the points.
 * @returns `[points, batch, channels]`.
 * @throws {RangeError} If the shapes do not match.
 * @category PointConv
 *
 * @example The gradient of the sum of `neighbourSum` by its features: the weights with which each point is used
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { evaluate, full, indexTable, neighbourFeatures, ones, reference } from "@gasp/tensor";
 *
 * const table = indexTable([0, 1, 1, 2], [2, 2], 3);
 * const y = await evaluate(neighbourFeatures(full([2, 2, 1], 0.5), ones([2, 1, 1, 1]), table), reference);
 * assertEquals([...await y.data()], [0.5, 1, 0.5]);
 * ```
 */
export function neighbourFeatures(weights: Tensor, sums: Tensor, table: IndexTable): Tensor {
  checkArguments("neighbourFeatures", [weights, sums], table);
  const [outputs, k] = table.index.shape;
  const fits = weights.rank === 3 && sums.rank === 4 && table.index.rank === 2 &&
    weights.shape[0] === outputs &&
    weights.shape[1] === k && sums.shape[0] === outputs && sums.shape[3] === weights.shape[2];
  if (!fits) {
    fail(
      "neighbourFeatures",
      `[${outputs}, ${k}, mid] and [${outputs}, batch, channels, mid]`,
      weights,
      sums,
    );
  }
  const shape = [tableRows(table), sums.shape[1]!, sums.shape[2]!];
  return makeNode("neighbourFeatures", {}, inputs(weights, sums, table), shape, "f32");
}
