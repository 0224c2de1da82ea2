/**
 * The discriminator kind `set` (appendix B.2 of the paper): `D(s) = ρ(Σ φ(γ_x(x), γ_y(y)) / √n)`. The sum is divided by √n
 * rather than n, so that the Lipschitz constant does not depend on the number of points (appendix B.3.1).
 * @module
 */
import { getTensor, type LinearParams, mlp, type StateDict } from "@gasp/autograd";
import { leakyRelu, mul, scope, sum, type Tensor } from "@gasp/tensor";
import type { ModelConfig } from "../../../../config/run_settings.ts";
import type { Discriminator, DiscriminatorKind, SharedEvaluation } from "../core/discriminator.ts";
import { noTables } from "../core/no_tables.ts";
import { type SetConfig, setSchema } from "./config.ts";
import { elementSize, encodeElements, SET_SLOPE, type SetPoints, ShapeList } from "./elements.ts";

/** DeepSets as a kind of discriminator. */
export const setKind: DiscriminatorKind<SetConfig> = {
  schema: setSchema,
  check() {},
  checkPoints() {},
  open: openSet,
};

function openSet(config: SetConfig, sizes: ModelConfig): Discriminator {
  const { pointLayers, setLayers } = config, shapes = new ShapeList();
  shapes.encodings(config, sizes);
  shapes.heMlp("point", [elementSize(config, sizes), ...pointLayers]);
  shapes.mlp("set", [pointLayers.at(-1)!, ...setLayers, 1]);
  return {
    shapes,
    tableBuilder: noTables,
    points: (coordinates): SetPoints => ({ coordinates }),
    evaluateShared: (): SharedEvaluation => ({ statistics: {} }),
    evaluate: (features, { params }, points) => ({
      logits: setLogits(encodeElements(features, points as SetPoints, params), params),
      statistics: {},
    }),
  };
}

/**
 * Computes ρ(Σ φ / √n).
 *
 * @param elements Encoded elements, `[batch, points, size]`.
 * @param params Parameters of φ (`point.*`) and ρ (`set.*`).
 * @returns `[batch, 1]`.
 */
export function setLogits(elements: Tensor, params: StateDict): Tensor {
  const each = scope("discriminator/point", () => perceptron(elements, params, "point"));
  const total = mul(sum(each, { axes: [1] }), 1 / Math.sqrt(elements.shape[1]!));
  return scope("discriminator/set", () => perceptron(total, params, "set"));
}

/**
 * Applies the perceptron `NAME.0`, `NAME.1`, … with LeakyReLU between its layers.
 *
 * @param x `[..., in]`.
 * @param params Parameters.
 * @param name Prefix of the layers.
 */
export function perceptron(x: Tensor, params: StateDict, name: string): Tensor {
  return mlp(x, layersOf(params, name), (y) => leakyRelu(y, SET_SLOPE));
}

/**
 * Returns the affine maps `NAME.0`, `NAME.1`, …
 *
 * @param params Parameters.
 * @param name Prefix of the layers.
 */
export function layersOf(params: StateDict, name: string): Required<LinearParams>[] {
  const layers: Required<LinearParams>[] = [];
  for (let i = 0; `${name}.${i}.weight` in params; i++) {
    layers.push({
      weight: getTensor(params, `${name}.${i}.weight`),
      bias: getTensor(params, `${name}.${i}.bias`),
    });
  }
  return layers;
}
