/**
 * A learned vector for each item of the data, updated by Adam for the items of a batch only: each row has its own count of
 * updates, so that a row that is visited once per epoch takes steps of the same length as one that is visited in each step.
 * @module
 */
import { adamUpdate, type Betas } from "@gasp/autograd";
import {
  add,
  cast,
  div,
  expandDims,
  expm1,
  mul,
  neg,
  rsqrt,
  scatter,
  take,
  type Tensor,
  tensor,
} from "@gasp/tensor";

/**
 * Vectors by item and Adam's state for each.
 *
 * @category Training methods
 */
export type LatentTable = {
  /** `[items, size]`. */
  readonly values: Tensor;
  /** First moments, `[items, size]`. */
  readonly m: Tensor;
  /** Second moments, `[items, size]`. */
  readonly v: Tensor;
  /** Number of updates of each row, `[items]`. */
  readonly updates: Tensor;
};

const BETAS: Betas = [0.9, 0.999];

/**
 * Returns a table that has not been updated.
 *
 * @param values Initial vectors, `[items, size]`, on the host.
 */
export function initLatentTable(values: Tensor): LatentTable {
  const zeros = () => tensor(new Float32Array(values.size), values.shape);
  return { values, m: zeros(), v: zeros(), updates: tensor(new Float32Array(values.shape[0]!)) };
}

/**
 * Computes one step of Adam for some rows. The other rows are not changed, nor are their moments.
 *
 * @param table Vectors and moments.
 * @param indices Rows, i32, `[batch]`; if one occurs twice, its last gradient counts.
 * @param gradient Gradients of these rows, `[batch, size]`.
 * @param rate Learning rate, f32, shape `[]`.
 */
export function updateRows(table: LatentTable, indices: Tensor, gradient: Tensor, rate: Tensor): LatentTable {
  const count = add(take(table.updates, indices), 1), column = expandDims(count, 1);
  const sizes = {
    stepSize: div(rate, oneMinusPower(BETAS[0], column)),
    rootScale: rsqrt(oneMinusPower(BETAS[1], column)),
  };
  const [values, m, v] = [table.values, table.m, table.v].map((rows) => take(rows, indices));
  const next = adamUpdate(values!, gradient, m!, v!, sizes, { betas: BETAS });
  return {
    values: scatter(table.values, indices, next.param),
    m: scatter(table.m, indices, next.m),
    v: scatter(table.v, indices, next.v),
    updates: scatter(table.updates, indices, count),
  };
}

/** `1 - βᵗ` without cancellation. */
function oneMinusPower(beta: number, count: Tensor): Tensor {
  return neg(expm1(mul(cast(count, "f32"), Math.log(beta))));
}
