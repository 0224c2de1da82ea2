/**
 * The set convolution of convolutional neural processes (Gordon et al., 2020): from values at any points to channels on a
 * grid,
 *
 *     density(g) = Σ wᵢ ψ(g - xᵢ)        signal(g) = Σ wᵢ yᵢ ψ(g - xᵢ) / (density(g) + ε)
 *
 * with a Gaussian kernel ψ, a product over both axes, and weights w that are 1 for points of the context and 0 for others. It
 * needs no grid of points; at the points of a picture's own grid it is a convolution of the masked picture.
 * @module
 */
import {
  add,
  arange,
  broadcastTo,
  cast,
  concatenate,
  div,
  exp,
  expandDims,
  matmul,
  mul,
  neg,
  reshape,
  slice,
  square,
  sub,
  type Tensor,
  transpose,
} from "@gasp/tensor";
import type { ConvnpGridModel } from "./config.ts";

/** Where the density is below, the signal fades to 0. */
const LEAST_DENSITY = 1e-3;

/**
 * Maps contexts to channels on the grid.
 *
 * @param model Grid and kernel.
 * @param coordinates `[points, 2]` shared by the batch, or `[batch, points, 2]`.
 * @param features y, `[batch, points, featureDim]`.
 * @param weights w, `[batch, points]`.
 * @returns Signal and density, `[batch, featureDim + 1, rows, columns]`.
 */
export function setConvolution(
  { grid: { shape }, lengthScale }: Pick<ConvnpGridModel, "grid" | "lengthScale">,
  coordinates: Tensor,
  features: Tensor,
  weights: Tensor,
): Tensor {
  const [batch, points, channels] = features.shape as [number, number, number];
  const [rows, columns] = shape as [number, number], scale = (rows - 1) / 2;
  // ψ along one axis, [batch, 1, points, size]
  const kernel = (axis: number, size: number) => {
    const position = mul(add(component(coordinates, axis), 1), scale);
    const distance = sub(expandDims(position, -1), cast(arange(size), "f32"));
    const values = exp(mul(neg(square(distance)), 1 / (2 * lengthScale ** 2)));
    return reshape(broadcastTo(values, [batch, points, size]), [batch, 1, points, size]);
  };
  const ones = reshape(weights, [batch, points, 1]);
  const weighted = concatenate([mul(features, ones), ones], 2);
  // Σᵢ ψ_row(g, i) · value(i) · ψ_column(h, i), one product per channel
  const byChannel = reshape(transpose(weighted, [0, 2, 1]), [batch, channels + 1, points, 1]);
  const left = transpose(mul(kernel(0, rows), byChannel), [0, 1, 3, 2]);
  const right = broadcastTo(kernel(1, columns), [batch, channels + 1, points, columns]);
  const sums = matmul(left, right);
  const density = slice(sums, [0, channels, 0, 0], [batch, channels + 1, rows, columns]);
  const signal = div(
    slice(sums, [0, 0, 0, 0], [batch, channels, rows, columns]),
    add(density, LEAST_DENSITY),
  );
  return concatenate([signal, density], 1);
}

function component(x: Tensor, index: number): Tensor {
  const lead = x.shape.slice(0, -1), start = lead.map(() => 0);
  return reshape(slice(x, [...start, index], [...lead, index + 1]), lead);
}
