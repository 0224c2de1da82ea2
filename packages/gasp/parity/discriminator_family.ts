/**
 * Fixtures of the point cloud discriminator (family d; section 3.3 of the paper): outputs of every layer, the binary
 * cross-entropy and the R1 penalty (section 3.4) with their gradients.
 * @module
 */
import { gradients, type Mode, type NetworkState, type StateDict } from "@gasp/autograd";
import { toPointMajor } from "@gasp/pointconv";
import { add, type Device, mean, mul, sigmoid, softplus, square, sub, sum, type Tensor } from "@gasp/tensor";
import type { PointConvNetwork } from "../methods/gasp/discriminators/pointconv/config.ts";
import {
  discriminate,
  evaluateWeightNets,
  type PointConvOutput,
} from "../methods/gasp/discriminators/pointconv/discriminate.ts";
import { type NumberedLayer, numberedLayers } from "../methods/gasp/discriminators/pointconv/layers.ts";
import { crossEntropy, gradientPenalty } from "../methods/gasp/losses.ts";
import type { Comparison } from "./comparison.ts";
import { type StoredTables, storedTables } from "./discriminator_tables.ts";
import type { Fixture } from "./fixture.ts";
import { observe } from "./observe.ts";
import {
  biasesBeforeNorm,
  pointsOf,
  repeatedCoordinates,
  splitStatistics,
  toReferenceLayout,
} from "./shared.ts";
import { layersFrom, numberOf, sizesOf } from "./stored_config.ts";

interface Setting {
  readonly fixture: Fixture;
  readonly discriminator: PointConvNetwork;
  readonly layers: readonly NumberedLayer[];
  readonly stored: StoredTables;
  readonly network: NetworkState;
  /** Names of parameters with a nonzero gradient in training mode. */
  readonly trained: readonly string[];
  /** `[batch, points, channels]`. */
  readonly features: Tensor;
  readonly r1Weight: number;
}

/**
 * Compares a discriminator.
 *
 * @param fixture Fixture of family d.
 * @param comparison Collects the errors.
 * @param device Device that computes.
 */
export async function compareDiscriminator(
  fixture: Fixture,
  comparison: Comparison,
  device: Device,
): Promise<void> {
  const setting = settingFrom(fixture);
  for (const tensors of [evaluation(setting), training(setting)]) {
    for (const [name, values] of await observe(tensors, device)) comparison.relative(name, values);
  }
  setting.layers.forEach(({ index, config }, i) => {
    const after = setting.layers[i + 1]?.index ?? index + (config.kind === "conv" ? 3 : 1);
    for (let layer = index; layer < after; layer++) compareCoordinates(setting, comparison, i, layer);
  });
  for (const name of biasesBeforeNorm(Object.keys(setting.network.statistics))) {
    for (const group of ["train.grad_bce", "r1.grad", "real.grad"]) comparison.exclude(`${group}.${name}`);
  }
}

function compareCoordinates(
  { fixture, stored }: Setting,
  comparison: Comparison,
  position: number,
  layer: number,
): void {
  const name = `train.layer${layer}.coordinates`;
  if (!fixture.has(name)) return;
  const { outputs } = stored.neighbourhoods[position]!;
  comparison.relative(name, repeatedCoordinates(outputs, fixture.floats(name).data.length));
}

function settingFrom(fixture: Fixture): Setting {
  const features = fixture.tensor("in.features");
  const network = splitStatistics(fixture.tensorsUnder("param."));
  const discriminator: PointConvNetwork = {
    coordinateDim: fixture.floats("in.coordinates").shape[2]!,
    featureDim: features.shape[2]!,
    layers: layersFrom(fixture.metadata("layer_configs")),
    norm: numberOf(fixture.metadata("norm_order"), "norm_order"),
    head: sizesOf(fixture.metadata("linear_layer_sizes"), "linear_layer_sizes"),
  };
  const layers = numberedLayers(discriminator, (name) => name in network.params);
  const points = pointsOf(fixture, "in.coordinates", "idx.layer0.neighbors");
  const left = biasesBeforeNorm(Object.keys(network.statistics));
  return {
    fixture,
    discriminator,
    layers,
    stored: storedTables(fixture, layers, points, "idx."),
    network,
    trained: Object.keys(network.params).filter((name) => !left.has(name)),
    features,
    r1Weight: fixture.floats("in.r1_weight").data[0]!,
  };
}

function evaluateFeatures(setting: Setting, mode: Mode): PointConvOutput & { readonly nets: StateDict } {
  const { discriminator, network, stored: { tables, neighbourhoods } } = setting;
  const layout = neighbourhoods[0]!.inputs.clouds === 1 ? "shared" : "own";
  const features = toPointMajor(setting.features, layout);
  const kernels = evaluateWeightNets(discriminator, network, tables, { mode, copies: features.shape[1]! });
  return {
    ...discriminate(features, discriminator, network, tables, kernels, mode),
    nets: kernels.statistics,
  };
}

/** Binary cross-entropy of logits z with targets t, one per example: the mean of `softplus(z) - t z`. */
function targetLoss(logits: Tensor, targets: Tensor): Tensor {
  return mean(sub(softplus(logits), mul(targets, logits)));
}

function parameterGradients(
  { network }: Setting,
  group: string,
  loss: Tensor,
  names: readonly string[],
): StateDict {
  const results = gradients([loss], names.map((name) => network.params[name]!));
  return Object.fromEntries(names.map((name, i) => [`${group}.${name}`, results[i]!]));
}

function evaluation(setting: Setting): StateDict {
  const { logits } = evaluateFeatures(setting, "eval");
  const loss = targetLoss(logits, setting.fixture.tensor("in.targets"));
  return {
    "eval.out.logit": logits,
    "eval.out.prob": sigmoid(logits),
    "eval.grad.features": gradients([loss], [setting.features])[0]!,
    ...parameterGradients(setting, "eval.grad", loss, Object.keys(setting.network.params)),
  };
}

function training(setting: Setting): StateDict {
  const { fixture, features, trained, r1Weight } = setting;
  const { logits, statistics, nets, outputs } = evaluateFeatures(setting, "train");
  const loss = targetLoss(logits, fixture.tensor("in.targets"));
  const inputGradient = gradients([sigmoid(logits)], [features])[0]!;
  const r1 = gradientPenalty(logits, features, "probability");
  const penalty = mul(r1, r1Weight / 2);
  const real = add(crossEntropy(logits, "real", "probability"), penalty);
  const after = Object.entries({ ...nets, ...statistics });
  return {
    ...layerOutputs(setting, outputs),
    "train.out.logit": logits,
    "train.out.prob": sigmoid(logits),
    "train.out.bce": loss,
    "train.grad_bce.features": gradients([loss], [features])[0]!,
    ...parameterGradients(setting, "train.grad_bce", loss, trained),
    ...Object.fromEntries(after.map(([name, x]) => [`train.after.${name}`, x])),
    "r1.out.input_grad": inputGradient,
    "r1.out.per_sample": sum(square(inputGradient), { axes: [1, 2] }),
    "r1.out.mean": r1,
    "r1.out.penalty": penalty,
    ...parameterGradients(setting, "r1.grad", penalty, trained),
    "real.out.loss": real,
    ...parameterGradients(setting, "real.grad", real, trained),
  };
}

/** Output of every layer. Stored outputs include the bias before batch norm, which this package omits as batch norm cancels it. */
function layerOutputs({ layers, stored, network }: Setting, outputs: readonly Tensor[]): StateDict {
  const named = layers.flatMap((layer, i) => {
    const end = layers[i + 1]?.index ?? outputs.length;
    return outputs.slice(layer.index, end).map((features, step) => {
      const biased = step === 0 && "name" in layer && layer.norm !== undefined;
      const full = biased ? add(features, network.params[`${layer.name}.linear.bias`]!) : features;
      return [
        `train.layer${layer.index + step}.features`,
        toReferenceLayout(full, stored.neighbourhoods[i]!),
      ] as const;
    });
  });
  return Object.fromEntries(named);
}
