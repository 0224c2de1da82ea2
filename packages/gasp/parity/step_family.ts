/**
 * Fixtures of training steps (family f; section 3.4 of the paper): losses, gradients of the first step, and moments of
 * Adam and weights after several steps.
 * @module
 */
import { adamStepSizes } from "@gasp/autograd";
import { type PointSet, pointSet } from "@gasp/pointconv";
import { compile, type Device, evaluate, type Tensor, tensor, treeMap } from "@gasp/tensor";
import { stateFromRecord, stateToRecord } from "../methods/core/state_record.ts";
import type { GaspConfig, GaspTraining } from "../methods/gasp/config.ts";
import type { PointConvConfig, PointConvNetwork } from "../methods/gasp/discriminators/pointconv/config.ts";
import { numberedLayers } from "../methods/gasp/discriminators/pointconv/layers.ts";
import { gasp } from "../methods/gasp/gasp.ts";
import { GASP_PRESETS } from "../methods/gasp/presets.ts";
import type { GaspState } from "../methods/gasp/state.ts";
import {
  discriminatorPhase,
  GASP_BETAS,
  type GaspNetworks,
  gaspNetworks,
  generatorPhase,
  type StepInputs,
  type StepPoints,
  trainStep,
} from "../methods/gasp/train_step.ts";
import { encodeCoordinates } from "../model/fourier.ts";
import type { HostRecord, HostTensor } from "../state/host_record.ts";
import type { Comparison } from "./comparison.ts";
import { storedTables } from "./discriminator_tables.ts";
import type { Fixture } from "./fixture.ts";
import { joinedRecord } from "./function_family.ts";
import { observe } from "./observe.ts";
import { biasesBeforeNorm, isStatistic } from "./shared.ts";
import { layersFrom, numberOf, objectOf, sizesOf } from "./stored_config.ts";

interface Setting {
  readonly fixture: Fixture;
  readonly config: GaspConfig;
  readonly networks: GaspNetworks;
  readonly layers: PointConvNetwork;
  readonly steps: number;
  readonly device: Device;
}

/**
 * Compares training steps.
 *
 * @param fixture Fixture of family f.
 * @param comparison Collects the errors.
 * @param device Device that computes.
 */
export async function compareSteps(fixture: Fixture, comparison: Comparison, device: Device): Promise<void> {
  const setting = settingFrom(fixture, device);
  const { config, steps } = setting;
  let state = initialFrom(setting);
  const losses = new Map<string, number[]>();
  for (let step = 1; step <= steps; step++) {
    const inputs = inputsOf(setting, step), points = await pointsOf(setting, state, step);
    if (holds(fixture, `step${step}.grad.`)) {
      await compareGradients(setting, comparison, state, inputs, points, step);
    }
    const next = await runStep(setting, state, inputs, points);
    points.encoding.dispose();
    state = next.state;
    for (const [name, value] of Object.entries(next.losses)) {
      losses.set(name, [...losses.get(name) ?? [], value]);
    }
    if (holds(fixture, `after${step}.`) || holds(fixture, `adam${step}.`)) {
      compareState(setting, comparison, await stateToRecord(gasp, config, state), step);
    }
  }
  treeMap(state, (leaf) => (leaf.dispose(), leaf));
  for (const [stored, ours] of Object.entries(LOSSES)) {
    comparison.relative(`loss.${stored}`, losses.get(ours)!);
  }
  excludeNoise(setting, comparison);
}

/** Names of the losses by their names in fixtures. */
const LOSSES = {
  generator: "generator",
  discriminator: "discriminator",
  disc_real: "real",
  disc_fake: "fake",
  grad_squared: "r1",
};

function holds(fixture: Fixture, prefix: string): boolean {
  return fixture.names.some((name) => name.startsWith(prefix));
}

function settingFrom(fixture: Fixture, device: Device): Setting {
  const config = objectOf(fixture.metadata("config"), "config");
  const training = objectOf(config["training"], "training");
  const generator = objectOf(config["generator"], "generator");
  const discriminator = objectOf(config["discriminator"], "discriminator");
  const frequencies = fixture.has("before.frequency_matrix")
    ? fixture.floats("before.frequency_matrix").shape[0]!
    : 0;
  const pointconv: PointConvConfig = {
    kind: "pointconv",
    layers: layersFrom(discriminator["layer_configs"]),
    norm: numberOf(discriminator["norm_order"], "norm_order"),
    head: sizesOf(discriminator["linear_layer_sizes"], "linear_layer_sizes"),
  };
  const model = {
    coordinateDim: fixture.floats("in.coordinates").shape[2]!,
    featureDim: fixture.floats("in.real_features").shape[2]!,
    latentDim: numberOf(generator["latent_dim"], "latent_dim"),
    hyperHidden: sizesOf(generator["hypernet_layer_sizes"], "hypernet_layer_sizes"),
    functionHidden: sizesOf(generator["layer_sizes"], "layer_sizes"),
    fourier: frequencies > 0 ? { count: frequencies, sigma: 1 } : null,
    discriminator: pointconv,
  };
  const options: GaspTraining = {
    generatorRate: numberOf(training["lr"], "lr"),
    discriminatorRate: numberOf(training["lr_disc"], "lr_disc"),
    r1Weight: numberOf(training["r1_weight"], "r1_weight"),
    r1On: "probability",
    loss: "probability",
    emaDecay: null,
  };
  return {
    fixture,
    config: { ...GASP_PRESETS.mnist, model, training: options },
    networks: gaspNetworks(model, options),
    layers: { ...pointconv, coordinateDim: model.coordinateDim, featureDim: model.featureDim },
    steps: numberOf(fixture.metadata("steps"), "steps"),
    device,
  };
}

/** State with the stored weights and zero moments. */
function initialFrom({ fixture, config }: Setting): GaspState {
  const before = fixture.floatsUnder("before.");
  const record: Record<string, HostTensor> = { ...before };
  for (const [name, value] of Object.entries(before)) {
    const [network, ...rest] = name.split(".");
    for (const moment of ["m", "v"]) {
      const zeros = { shape: value.shape, data: new Float32Array(value.data.length) };
      if (network === "G" || network === "D") record[`adam.${network}.${moment}.${rest.join(".")}`] = zeros;
    }
  }
  return stateFromRecord(gasp, config, record);
}

function inputsOf({ fixture, config: { training } }: Setting, step: number): StepInputs {
  const real = fixture.floats("in.real_features"), subset = subsetOf(fixture, step);
  return {
    real: subset ? takePoints(real, subset) : tensor(real.data, real.shape),
    latentsDiscriminator: fixture.tensor(`in.z_disc.step${step}`),
    latentsGenerator: fixture.tensor(`in.z_gen.step${step}`),
    discriminatorStepSizes: adamStepSizes(step, training.discriminatorRate, GASP_BETAS),
    generatorStepSizes: adamStepSizes(step, training.generatorRate, GASP_BETAS),
  };
}

/** Indices of the points of a step that uses a subset. */
function subsetOf(fixture: Fixture, step: number): Int32Array | undefined {
  if (!fixture.has("in.subset_indices")) return undefined;
  const { data, shape } = fixture.integers("in.subset_indices");
  return data.slice((step - 1) * shape[1]!, step * shape[1]!);
}

/** Gathers rows along the middle axis. */
function takePoints({ data, shape }: HostTensor, subset: Int32Array): Tensor {
  const [batch, points, width] = shape;
  const taken = new Float32Array(batch! * subset.length * width!);
  for (let example = 0; example < batch!; example++) {
    subset.forEach((point, i) => {
      const start = (example * points! + point) * width!;
      taken.set(data.subarray(start, start + width!), (example * subset.length + i) * width!);
    });
  }
  return tensor(taken, [batch!, subset.length, width!]);
}

async function pointsOf(setting: Setting, state: GaspState, step: number): Promise<StepPoints> {
  const { fixture, networks, layers, device } = setting;
  const prefix = fixture.has(`idx.step${step}.layer0.neighbors`) ? `idx.step${step}.` : "idx.step1.";
  const coordinates = coordinatesOf(fixture, step, fixture.integers(`${prefix}layer0.neighbors`).shape[0]!);
  const { clouds, points, dimension } = coordinates;
  const shape = clouds === 1 ? [points, dimension] : [clouds, points, dimension];
  const raw = tensor(coordinates.coordinates, shape);
  const encoding = await evaluate(encodeCoordinates(raw, state.frequencies), device);
  const { tables } = storedTables(fixture, numberedLayers(layers), coordinates, prefix);
  return { encoding, discriminator: networks.discriminator.points(raw, tables) };
}

function coordinatesOf(fixture: Fixture, step: number, clouds: number): PointSet {
  const { data, shape } = fixture.floats("in.coordinates"), [, points, dimension] = shape;
  const own = { shape: [clouds, points!, dimension!], data: data.slice(0, clouds * points! * dimension!) };
  const subset = subsetOf(fixture, step);
  if (!subset) return pointSet(own.data, own.shape);
  const taken = takePoints(own, subset).storage;
  if (taken.kind !== "host") throw new TypeError("coordinates are on the host");
  return pointSet(Float32Array.from(taken.data), [clouds, subset.length, dimension!]);
}

async function compareGradients(
  { networks, device }: Setting,
  comparison: Comparison,
  state: GaspState,
  inputs: StepInputs,
  points: StepPoints,
  step: number,
): Promise<void> {
  const first = discriminatorPhase(networks, state, inputs, points);
  for (const [name, values] of await observe(first.gradients, device)) {
    comparison.relative(`step${step}.grad.D.${name}`, values);
  }
  const { discriminator, statistics } = trainStep(networks, state, inputs, points).state;
  const between = { params: discriminator, statistics };
  const second = generatorPhase(networks, state.generator, between, inputs, points).gradients;
  for (
    const [name, value] of Object.entries(joinedRecord(await observe(second, device), second, networks.model))
  ) {
    comparison.relative(`step${step}.grad.G.${name}`, value.data);
  }
}

async function runStep(
  { networks, device }: Setting,
  state: GaspState,
  inputs: StepInputs,
  points: StepPoints,
): Promise<{ state: GaspState; losses: Record<string, number> }> {
  const program = compile(
    (state: GaspState, inputs: StepInputs) => trainStep(networks, state, inputs, points),
    { device, donateArgnums: [0] },
  );
  try {
    const next = await program(state, inputs);
    const losses: Record<string, number> = {};
    for (const [name, value] of Object.entries(next.losses)) {
      losses[name] = (await value.data())[0]!;
      value.dispose();
    }
    return { state: next.state, losses };
  } finally {
    program.release();
  }
}

function compareState(setting: Setting, comparison: Comparison, record: HostRecord, step: number): void {
  const { fixture, config: { training }, networks } = setting;
  const noise = networks.discriminator.shapes.untrained;
  for (const [name, { data }] of Object.entries(record)) {
    const moment = name.replace(/^adam\./, `adam${step}.`);
    if (moment !== name && fixture.has(moment)) comparison.relative(moment, data);
    const stored = `after${step}.${name}`;
    if (!fixture.has(stored) || noise.has(name.replace(/^D\./, ""))) continue;
    const rate = name.startsWith("G.") ? training.generatorRate : training.discriminatorRate;
    // Running means include the biases of the reference code, which drift by about a learning rate per step.
    if (isStatistic(name)) comparison.inRates(stored, data, rate, step);
    else comparison.weightInRates(stored, data, rate, step);
  }
}

function excludeNoise({ fixture }: Setting, comparison: Comparison): void {
  for (const bias of biasesBeforeNorm(Object.keys(fixture.floatsUnder("before.D.")))) {
    for (const name of fixture.names) if (name.endsWith(`.${bias}`)) comparison.exclude(name);
  }
}
