/**
 * Fixtures of training steps (family f): losses, gradients of the first step, moments, and weights after some steps.
 * @module
 */
import { adamStepSizes } from "@gasp/autograd";
import { type PointSet, pointSet } from "@gasp/pointconv";
import { compile, type Device, evaluate, type Tensor, tensor, treeMap } from "@gasp/tensor";
import { discriminatorShapes } from "../model/discriminator_shapes.ts";
import { type NumberedLayer, numberedLayers } from "../model/discriminator_layers.ts";
import { encodeCoordinates } from "../model/fourier.ts";
import type { HostRecord, HostTensor } from "../state/host_record.ts";
import type { ModelConfig, TrainOptions } from "../config/model_config.ts";
import type { TrainingState } from "../state/state.ts";
import { stateFromRecord, stateToRecord } from "../state/state_record.ts";
import {
  discriminatorPhase,
  GASP_BETAS,
  generatorPhase,
  type StepInputs,
  type StepPoints,
  trainStep,
} from "../training/train_step.ts";
import type { Comparison } from "./comparison.ts";
import { storedTables } from "./discriminator_tables.ts";
import type { Fixture } from "./fixture.ts";
import { joined } from "./function_family.ts";
import { observe } from "./observe.ts";
import { biasesBeforeNorm, isStatistic } from "./shared.ts";
import { layersFrom, numberOf, objectOf, sizesOf } from "./stored_config.ts";

interface Setting {
  readonly fixture: Fixture;
  readonly model: ModelConfig;
  readonly options: TrainOptions;
  readonly steps: number;
  readonly target: Device;
}

/**
 * Compares training steps.
 *
 * @param fixture The file.
 * @param comparison Where errors are collected.
 * @param target Where to compute.
 */
export async function compareSteps(fixture: Fixture, comparison: Comparison, target: Device): Promise<void> {
  const setting = settingFrom(fixture, target);
  const { model, steps } = setting;
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
      compareState(setting, comparison, await stateToRecord(state, model), step);
    }
  }
  treeMap(state, (leaf) => (leaf.dispose(), leaf));
  for (const [stored, ours] of Object.entries(LOSSES)) {
    comparison.relative(`loss.${stored}`, losses.get(ours)!);
  }
  leaveOutNoise(setting, comparison);
}

/** Names of the losses in the file, and ours. */
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

function settingFrom(fixture: Fixture, target: Device): Setting {
  const config = objectOf(fixture.metadata("config"), "config");
  const training = objectOf(config["training"], "training");
  const generator = objectOf(config["generator"], "generator");
  const discriminator = objectOf(config["discriminator"], "discriminator");
  const frequencies = fixture.has("before.frequency_matrix")
    ? fixture.floats("before.frequency_matrix").shape[0]!
    : 0;
  const model: ModelConfig = {
    coordinateDim: fixture.floats("in.coordinates").shape[2]!,
    featureDim: fixture.floats("in.real_features").shape[2]!,
    latentDim: numberOf(generator["latent_dim"], "latent_dim"),
    hyperHidden: sizesOf(generator["hypernet_layer_sizes"], "hypernet_layer_sizes"),
    functionHidden: sizesOf(generator["layer_sizes"], "layer_sizes"),
    fourier: frequencies > 0 ? { count: frequencies, sigma: 1 } : null,
    layers: layersFrom(discriminator["layer_configs"]),
    norm: numberOf(discriminator["norm_order"], "norm_order"),
    head: sizesOf(discriminator["linear_layer_sizes"], "linear_layer_sizes"),
  };
  const options: TrainOptions = {
    batch: fixture.floats("in.real_features").shape[0]!,
    generatorRate: numberOf(training["lr"], "lr"),
    discriminatorRate: numberOf(training["lr_disc"], "lr_disc"),
    r1Weight: numberOf(training["r1_weight"], "r1_weight"),
    r1On: "probability",
    loss: "probability",
    averageDecay: null,
  };
  return { fixture, model, options, steps: numberOf(fixture.metadata("steps"), "steps"), target };
}

/** The stored weights with moments of zero. */
function initialFrom({ fixture, model, options }: Setting): TrainingState {
  const before = fixture.floatsBehind("before.");
  const record: Record<string, HostTensor> = { ...before };
  for (const [name, value] of Object.entries(before)) {
    const [network, ...rest] = name.split(".");
    for (const moment of ["m", "v"]) {
      const zeros = { shape: value.shape, data: new Float32Array(value.data.length) };
      if (network === "G" || network === "D") record[`adam.${network}.${moment}.${rest.join(".")}`] = zeros;
    }
  }
  return stateFromRecord(record, model, options);
}

function inputsOf({ fixture, options }: Setting, step: number): StepInputs {
  const real = fixture.floats("in.real_features"), subset = subsetOf(fixture, step);
  return {
    real: subset ? takePoints(real, subset) : tensor(real.data, real.shape),
    latentsDiscriminator: fixture.tensor(`in.z_disc.step${step}`),
    latentsGenerator: fixture.tensor(`in.z_gen.step${step}`),
    discriminatorScalars: adamStepSizes(step, options.discriminatorRate, GASP_BETAS),
    generatorScalars: adamStepSizes(step, options.generatorRate, GASP_BETAS),
  };
}

/** Numbers of the points that a step uses, if it does not use all. */
function subsetOf(fixture: Fixture, step: number): Int32Array | undefined {
  if (!fixture.has("in.subset_indices")) return undefined;
  const { data, shape } = fixture.integers("in.subset_indices");
  return data.slice((step - 1) * shape[1]!, step * shape[1]!);
}

/** Rows of the middle axis. */
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

async function pointsOf(setting: Setting, state: TrainingState, step: number): Promise<StepPoints> {
  const { fixture, model, target } = setting;
  const prefix = fixture.has(`idx.step${step}.layer0.neighbors`) ? `idx.step${step}.` : "idx.step1.";
  const coordinates = coordinatesOf(fixture, step, fixture.integers(`${prefix}layer0.neighbors`).shape[0]!);
  const { clouds, points, dimension } = coordinates;
  const shape = clouds === 1 ? [points, dimension] : [clouds, points, dimension];
  const raw = tensor(coordinates.coordinates, shape);
  const encoding = await evaluate(encodeCoordinates(raw, state.frequencies), target);
  return { encoding, tables: storedTables(fixture, layersOf(model), coordinates, prefix).tables };
}

function layersOf(model: ModelConfig): NumberedLayer[] {
  return numberedLayers(model, model.featureDim);
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
  { model, options, target }: Setting,
  comparison: Comparison,
  state: TrainingState,
  inputs: StepInputs,
  points: StepPoints,
  step: number,
): Promise<void> {
  const first = discriminatorPhase(model, options, state, inputs, points);
  for (const [name, values] of await observe(first.gradients, target)) {
    comparison.relative(`step${step}.grad.D.${name}`, values);
  }
  const { discriminator, statistics } = trainStep(model, options, state, inputs, points).state;
  const between = { params: discriminator, statistics };
  const second = generatorPhase(model, options, state.generator, between, inputs, points).gradients;
  for (const [name, value] of Object.entries(joined(await observe(second, target), second, model))) {
    comparison.relative(`step${step}.grad.G.${name}`, value.data);
  }
}

async function runStep(
  { model, options, target }: Setting,
  state: TrainingState,
  inputs: StepInputs,
  points: StepPoints,
): Promise<{ state: TrainingState; losses: Record<string, number> }> {
  const program = compile(
    (state: TrainingState, inputs: StepInputs) => trainStep(model, options, state, inputs, points),
    { device: target, donateArgnums: [0] },
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
  const { fixture, options } = setting;
  const noise = discriminatorShapes(setting.model).untrained;
  for (const [name, { data }] of Object.entries(record)) {
    const moment = name.replace(/^adam\./, `adam${step}.`);
    if (moment !== name && fixture.has(moment)) comparison.relative(moment, data);
    const stored = `after${step}.${name}`;
    if (!fixture.has(stored) || noise.has(name.replace(/^D\./, ""))) continue;
    const rate = name.startsWith("G.") ? options.generatorRate : options.discriminatorRate;
    // Running means hold the biases of the original, which drift by about a rate a step
    if (isStatistic(name)) comparison.inRates(stored, data, rate, step);
    else comparison.weightInRates(stored, data, rate, step);
  }
}

function leaveOutNoise({ fixture }: Setting, comparison: Comparison): void {
  for (const bias of biasesBeforeNorm(Object.keys(fixture.floatsBehind("before.D.")))) {
    for (const name of fixture.names) if (name.endsWith(`.${bias}`)) comparison.leaveOut(name);
  }
}
