/**
 * Contraction orders of a PointConv layer. With features F `[points, batch, in]`, weight net h `[offsets, mid]` and
 * linear map L `[out, in, mid]`:
 *
 * - `mid`: neighbours are summed per output channel of the weight net, then L is applied,
 *   `out[m] = Σ_ij L[:, i, j] · (Σ_k F[n(m,k), i] h[u(m,k), j])`;
 * - `kernels`: the kernel of each distinct offset is materialised, `K[u] = Σ_j h[u, j] L[:, :, j]`, and applied to the
 *   neighbours with that offset, `out[m] = Σ_k K[u(m,k)] · F[n(m,k)]`.
 *
 * With k = 9 neighbours the second needs 9 multiply-adds where the first needs 16, given few offsets and many examples;
 * with k = 27 the first is cheaper.
 * @module
 */

/**
 * A contraction order; `auto` selects the cheaper one.
 *
 * @category PointConv
 */
export type Contraction = "auto" | "mid" | "kernels";

/** Sizes that determine the cost. */
export interface ContractionSizes {
  /** Output points. */
  readonly outputs: number;
  /** Neighbours per output point. */
  readonly neighbours: number;
  /** Batch size; all examples share the points. */
  readonly batch: number;
  /** Input channels. */
  readonly channelsIn: number;
  /** Output channels. */
  readonly channelsOut: number;
  /** Output channels of the weight net. */
  readonly mid: number;
  /** Number of offsets at which the weight net is evaluated. */
  readonly offsets: number;
  /** Rows of all groups of neighbours with equal offsets, including padding; `undefined` without groups. */
  readonly groupedRows: number | undefined;
}

/**
 * Costs in multiply-adds of the order `mid`, fitted to training steps of single layers (forward, gradients, R1
 * penalty with its gradient, generator phase) on the `wasm` device: layers of 49 to 4096 points, 1 to 256 channels,
 * batches of 4 to 64.
 */
const COST = {
  /** A multiply-add of a kernel with features: products with a short inner dimension, which fit the cache. */
  multiply: 0.75,
  /**
   * A multiply-add in materialising a kernel: inner dimension 16 only, and every element is written to memory and read
   * again.
   */
  write: 1.5,
  /** An element of the gathered rows of features, or of their products: written, read, added to a sum. */
  move: 16,
  /** A multiply-add with one channel, where the neighbour sum applies the kernels without a gather. */
  sum: 1,
  /** An element of the kernels that this neighbour sum reads, one per neighbour of each output. */
  repeat: 5,
} as const;

/**
 * Estimates the cost of each order for one pass through a layer, in multiply-adds.
 *
 * @param sizes Sizes of the layer.
 * @returns The costs; `kernels` is infinite if that order is impossible.
 */
export function contractionCosts(sizes: ContractionSizes): Readonly<Record<"mid" | "kernels", number>> {
  const { outputs, neighbours, batch, channelsIn, channelsOut, mid, offsets, groupedRows } = sizes;
  const products = channelsIn * channelsOut;
  const written = COST.write * offsets * mid * products;
  const applied = channelsIn === 1
    ? outputs * neighbours * channelsOut * (COST.sum * batch + COST.repeat)
    : (groupedRows ?? Infinity) * batch *
      (COST.multiply * products + COST.move * (channelsIn + channelsOut));
  return {
    mid: outputs * batch * channelsIn * mid * (neighbours + channelsOut),
    kernels: written + applied,
  };
}

/**
 * Chooses a contraction order.
 *
 * @param wanted Requested order.
 * @param sizes Sizes of the layer.
 * @throws {RangeError} If `kernels` is requested and neighbours are not grouped by offset.
 */
export function chooseContraction(wanted: Contraction, sizes: ContractionSizes): "mid" | "kernels" {
  const costs = contractionCosts(sizes);
  if (wanted === "auto") return costs.kernels < costs.mid ? "kernels" : "mid";
  if (wanted === "kernels" && costs.kernels === Infinity) {
    throw new RangeError(
      `kernels of ${sizes.channelsIn} channels need tables with groups of equal offsets, but these have none: ` +
        'build them with convTables() and distinctMultiple 1, or request "mid" or "auto"',
    );
  }
  return wanted;
}
