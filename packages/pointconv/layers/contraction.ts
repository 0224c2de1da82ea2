/**
 * In which order the sums of a PointConv layer are done. With features F `[points, batch, in]`, weight net h
 * `[offsets, mid]` and linear map L `[out, in, mid]`:
 *
 * - `mid`: neighbours are summed once for each of the weight net's channels, then L maps them,
 *   `out[m] = Σ_ij L[:, i, j] · (Σ_k F[n(m,k), i] h[u(m,k), j])`;
 * - `kernels`: the kernel of each distinct offset is written out, `K[u] = Σ_j h[u, j] L[:, :, j]`, and applied to the
 *   neighbours that have it, `out[m] = Σ_k K[u(m,k)] · F[n(m,k)]`.
 *
 * With k = 9 neighbours the second does 9 multiply-adds where the first does 16, if there are few offsets and many
 * examples; with k = 27 the first is cheaper.
 * @module
 */

/** An order; `auto` is the cheaper one. */
export type Contraction = "auto" | "mid" | "kernels";

/** Sizes that decide. */
export interface ContractionSizes {
  /** Points that the layer gives. */
  readonly outputs: number;
  /** Neighbours of each. */
  readonly neighbours: number;
  /** Examples that share the points. */
  readonly batch: number;
  /** Channels that the layer reads. */
  readonly channelsIn: number;
  /** Channels that it gives. */
  readonly channelsOut: number;
  /** Channels of the weight net. */
  readonly mid: number;
  /** Offsets for which the weight net is evaluated. */
  readonly offsets: number;
  /** Rows of the groups of neighbours with one offset, the padding included; `undefined`: there are no groups. */
  readonly groupedRows: number | undefined;
}

/**
 * Costs in units of a multiply-add of the order `mid`, fitted to training steps of single layers (forward, gradients, R1
 * penalty with its gradient, generator phase) on the `wasm` device: layers of 49 to 4096 points, 1 to 256 channels, batches
 * of 4 to 64.
 */
const COST = {
  /** A multiply-add of a kernel with features: products of short depth, which fit the cache. */
  multiply: 0.75,
  /** A multiply-add in writing a kernel out: depth 16 only, and every number is written to memory and read again. */
  write: 1.5,
  /** A number of the gathered rows of features, or of their products: written, read, added to a sum. */
  move: 16,
  /** A multiply-add with one channel, where the neighbour sum applies the kernels with nothing gathered. */
  sum: 1,
  /** A number of the kernels that this neighbour sum reads, one for each neighbour of each output. */
  repeat: 5,
} as const;

/**
 * What each order costs, for one pass through a layer, in units of a multiply-add.
 *
 * @param sizes Sizes of the layer.
 * @returns `kernels` is infinite where that order is impossible.
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
 * The order to use.
 *
 * @param wanted What was asked for.
 * @param sizes Sizes of the layer.
 * @throws {RangeError} If `kernels` is asked for where neighbours are not grouped by their offsets.
 */
export function chooseContraction(wanted: Contraction, sizes: ContractionSizes): "mid" | "kernels" {
  const costs = contractionCosts(sizes);
  if (wanted === "auto") return costs.kernels < costs.mid ? "kernels" : "mid";
  if (wanted === "kernels" && costs.kernels === Infinity) {
    throw new RangeError(
      `kernels of ${sizes.channelsIn} channels need tables with groups of equal offsets, but these have none: ` +
        'build them with convTables() and distinctMultiple 1, or ask for "mid" or "auto"',
    );
  }
  return wanted;
}
