/**
 * The training step of a run as one compiled program on a device, with the inputs of each step: a pure function of
 * (configuration, seed, data, step).
 * @module
 */
import { adamStepSizes } from "@gasp/autograd";
import { type BatchOrder, batchOrder, type Dataset } from "@gasp/datasets";
import { mergeEqualClouds, type PointSet, pointSet, takeRows } from "@gasp/pointconv";
import {
  compile,
  type Compiled,
  type Device,
  evaluate,
  isKernelDevice,
  openDevice,
  placeholder,
  type PlanReport,
  randomNormal,
  type Tensor,
  tensor,
  treeMap,
} from "@gasp/tensor";
import {
  type DiscriminatorTables,
  TableMaker,
  tracedDiscriminatorTables,
} from "../model/discriminator_tables.ts";
import { encodeCoordinates } from "../model/fourier.ts";
import type { ModelConfig } from "../config/model_config.ts";
import { aboveLimit, tooLarge } from "./memory_errors.ts";
import type { RunConfig } from "../config/run_settings.ts";
import type { TrainingState } from "../state/state.ts";
import { type StepInputs, type StepLosses, type StepPoints, trainStep } from "./train_step.ts";
import { chooseSubset } from "./subset.ts";

/** What a step's program gives. */
export type Stepped = {
  /** The next state. */
  readonly state: TrainingState;
  /** Losses of the step. */
  readonly losses: StepLosses;
};

/** Points of a step, where they change from step to step. */
type ChangingPoints = {
  /** f32, `[points, coordinateDim]` shared by the batch, or `[batch, points, coordinateDim]`. */
  readonly coordinates: Tensor;
  /** Tables of the discriminator over them; absent where the program makes them itself. */
  readonly tables?: DiscriminatorTables;
};

/** All that a step reads besides the state. */
type StepArguments = {
  readonly inputs: StepInputs;
  /** Absent where every step looks at the same points. */
  readonly points?: ChangingPoints;
};

/** Steps from whose points it is seen how many distinct offsets a layer may have. */
const CALIBRATION_STEPS = 3;

/** A step of training, ready to run. */
export class TrainingProgram {
  readonly #config: RunConfig;
  readonly #data: Dataset;
  readonly #target: Device;
  /** What a step may take. */
  readonly #memoryBytes: number;
  readonly #searchDevice: Device;
  readonly #points: PointSet;
  readonly #maker: TableMaker;
  readonly #order: BatchOrder;
  readonly #step: Compiled<[TrainingState, StepArguments], Stepped>;
  /** Encoding and tables of all points, where every step looks at all of them. */
  readonly #fixed: StepPoints | undefined;
  /** The next step's arguments, made while this step runs. */
  #ahead: { readonly step: number; readonly arguments: Promise<StepArguments> } | undefined;

  private constructor(parts: {
    readonly config: RunConfig;
    readonly data: Dataset;
    readonly target: Device;
    readonly memoryBytes: number;
    readonly searchDevice: Device;
    readonly points: PointSet;
    readonly maker: TableMaker;
    readonly fixed: StepPoints | undefined;
  }) {
    const { config, data, target, fixed } = parts;
    const { model, training, seed } = config;
    this.#config = config;
    this.#data = data;
    this.#target = target;
    this.#memoryBytes = parts.memoryBytes;
    this.#searchDevice = parts.searchDevice;
    this.#points = parts.points;
    this.#maker = parts.maker;
    this.#fixed = fixed;
    this.#order = batchOrder({ seed, batch: training.batch, items: data.items });
    this.#step = compile((state: TrainingState, { inputs, points }: StepArguments): Stepped => {
      return trainStep(model, training, state, inputs, points ? this.#prepared(points, state) : fixed!);
    }, { device: target, donateArgnums: [0], memoryBytes: this.#memoryBytes });
  }

  /**
   * Prepares everything that stays the same from step to step. Points are searched on a `wasm` device of their own, so that
   * tables are exact and the same for every target.
   *
   * @param config Configuration of the run.
   * @param data Its data; they must fit the configuration.
   * @param target Where to compute.
   * @param frequencies Of the Fourier features, if the model has them.
   * @param memoryLimit Bytes that a step may take, the state included. Default: what the device has.
   */
  static async prepare(
    config: RunConfig,
    data: Dataset,
    target: Device,
    frequencies: Tensor | undefined,
    memoryLimit: number = Infinity,
  ): Promise<TrainingProgram> {
    const { model, training } = config;
    const searchDevice = await openDevice("wasm", { threads: 1 });
    const points = pointSet(data.coordinates, [data.pointCount, data.coordinateDim]);
    const maker = new TableMaker(model, { device: searchDevice });
    const memoryBytes = Math.min(memoryLimit, isKernelDevice(target) ? target.info.maxMemoryBytes : Infinity);
    const parts = { config, data, target, memoryBytes, searchDevice, points, maker };
    if (!training.subset && !data.batchCoordinates) {
      const coordinates = tensor(data.coordinates, [data.pointCount, data.coordinateDim]);
      const encoding = await evaluate(encodeCoordinates(coordinates, frequencies), target);
      const fixed = { encoding, tables: await maker.make(points), ...positionsFor(model, coordinates) };
      return new TrainingProgram({ ...parts, fixed });
    }
    const program = new TrainingProgram({ ...parts, fixed: undefined });
    const samples: PointSet[] = [];
    for (let step = 0; step < CALIBRATION_STEPS; step++) samples.push((await program.#dataOf(step)).points);
    await maker.calibrate(samples);
    return program;
  }

  /**
   * Compiles the step and checks that the device has room for it.
   *
   * @param state Any state of the run; only shapes matter.
   * @returns What it takes; `undefined` on the reference interpreter, which plans nothing.
   * @throws {MemoryError} If it does not fit; the error says what fits.
   */
  async plan(state: TrainingState): Promise<PlanReport | undefined> {
    const target = this.#target;
    if (!isKernelDevice(target)) return undefined;
    const { batch } = this.#config.training;
    const memory = this.#memoryBytes;
    try {
      const report = await this.#planFor(state, batch);
      if (bytesOf(report) <= memory) return report;
      if (memory < target.info.maxMemoryBytes) throw aboveLimit(batch, bytesOf(report), memory);
      throw new RangeError(`the plan is ${bytesOf(report)} bytes`);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw await tooLarge({
        batch,
        device: target.info.name,
        memory,
        cause: error,
        bytesFor: async (batch) => bytesOf(await this.#planFor(state, batch)),
      });
    }
  }

  async #planFor(state: TrainingState, batch: number): Promise<PlanReport> {
    const inputs = this.#abstractInputs(batch);
    // Where points change, those of any step tell their shapes
    const points = this.#fixed ? undefined : (await this.#argumentsOf(0)).points;
    if (!points) return await this.#step.plan(state, { inputs });
    if (points.coordinates.rank === 2) return await this.#step.plan(state, { inputs, points });
    // Tables of points that each example has of its own belong to one size of the batch
    const [, count, dimension] = points.coordinates.shape;
    const coordinates = placeholder([batch, count!, dimension!]);
    const own = batch === this.#config.training.batch ? points : { coordinates };
    return await this.#step.plan(state, { inputs, points: own });
  }

  /**
   * Runs a step. The state is consumed. While it runs, the points and the batch of the next step are made ready.
   *
   * @param state The state after `step` steps.
   * @param step Number of steps done.
   */
  async run(state: TrainingState, step: number): Promise<Stepped> {
    const result = this.#step(state, await this.#argumentsOf(step));
    const ahead = soon(() => this.#makeArguments(step + 1));
    // What goes wrong is told when the step is asked for
    ahead.catch(() => {});
    this.#ahead = { step: step + 1, arguments: ahead };
    const stepped = await result;
    return isKernelDevice(this.#target) ? stepped : { ...stepped, state: roundState(stepped.state) };
  }

  /** Frees what the program holds on the device. */
  async release(): Promise<void> {
    await this.#ahead?.arguments.catch(() => {});
    this.#step.release();
    this.#maker.release();
    this.#fixed?.encoding.dispose();
    await this.#searchDevice.close();
  }

  #argumentsOf(step: number): Promise<StepArguments> {
    if (this.#ahead?.step !== step) this.#ahead = { step, arguments: this.#makeArguments(step) };
    return this.#ahead.arguments;
  }

  async #makeArguments(step: number): Promise<StepArguments> {
    const { features, points } = await this.#dataOf(step);
    const inputs = this.#inputs(step, features);
    if (this.#fixed) return { inputs };
    const { clouds, dimension } = points;
    const shape = clouds === 1 ? [points.points, dimension] : [clouds, points.points, dimension];
    const coordinates = tensor(points.coordinates, shape);
    if (this.#maker.keepsEveryOffset) return { inputs, points: { coordinates } };
    return { inputs, points: { coordinates, tables: await this.#maker.make(points) } };
  }

  /** Encoding and tables of points that come with the step. */
  #prepared({ coordinates, tables }: ChangingPoints, { frequencies }: TrainingState): StepPoints {
    return {
      encoding: encodeCoordinates(coordinates, frequencies),
      ...positionsFor(this.#config.model, coordinates),
      tables: tables ?? tracedDiscriminatorTables(coordinates, this.#config.model),
    };
  }

  /** Features and points that a step looks at. */
  async #dataOf(step: number): Promise<{ features: Float32Array; points: PointSet }> {
    const { subset } = this.#config.training, { pointCount, coordinateDim, featureDim } = this.#data;
    const indices = this.#order.indices(step);
    const features = await this.#data.batch(indices);
    const own = await this.#data.batchCoordinates?.(indices);
    const all = own
      ? mergeEqualClouds(pointSet(own, [indices.length, pointCount, coordinateDim]))
      : this.#points;
    if (!subset) return { features, points: all };
    const chosen = await chooseSubset({
      subset,
      key: { seed: this.#config.seed, step },
      points: all,
      features,
      featureDim,
      device: this.#searchDevice,
    });
    const coordinates = takeRows(all.coordinates, chosen, coordinateDim, pointCount);
    return {
      features: takeRows(features, chosen, featureDim, pointCount),
      points: { ...all, coordinates, points: chosen.length },
    };
  }

  #inputs(step: number, real: Float32Array): StepInputs {
    const { seed, training } = this.#config;
    const shapes = this.#inputShapes(training.batch);
    const latents = (stream: string) =>
      tensor(randomNormal({ seed, stream, step }, shapes.latents[0]! * shapes.latents[1]!), shapes.latents);
    return {
      real: tensor(real, shapes.real),
      latentsDiscriminator: latents("latents of the discriminator's batch"),
      latentsGenerator: latents("latents of the generator's batch"),
      discriminatorScalars: adamStepSizes(step + 1, training.discriminatorRate),
      generatorScalars: adamStepSizes(step + 1, training.generatorRate),
    };
  }

  /** Inputs that have shapes but no elements, for planning. */
  #abstractInputs(batch: number): StepInputs {
    const shapes = this.#inputShapes(batch);
    return {
      real: placeholder(shapes.real),
      latentsDiscriminator: placeholder(shapes.latents),
      latentsGenerator: placeholder(shapes.latents),
      discriminatorScalars: adamStepSizes(1, 1),
      generatorScalars: adamStepSizes(1, 1),
    };
  }

  #inputShapes(batch: number): { real: [number, number, number]; latents: [number, number] } {
    return {
      real: [batch, this.#config.training.subset?.count ?? this.#data.pointCount, this.#data.featureDim],
      latents: [batch, this.#config.model.latentDim],
    };
  }
}

/** Coordinates for a discriminator that reads them. */
function positionsFor({ positions }: ModelConfig, coordinates: Tensor): Pick<StepPoints, "positions"> {
  return positions ? { positions: coordinates } : {};
}

/** Begins some work in the next turn of the event loop, so that what was begun before is under way. */
function soon<T>(work: () => Promise<T>): Promise<T> {
  return new Promise((resolve) => setTimeout(resolve, 0)).then(work);
}

/**
 * Between steps a state is float32 on every device, so that a checkpoint holds all of it. The interpreter computes in
 * double precision within a step.
 */
function roundState(state: TrainingState): TrainingState {
  return treeMap(state, (leaf) => {
    const { storage } = leaf;
    return storage.kind === "host" ? tensor(Float32Array.from(storage.data), leaf.shape) : leaf;
  });
}

function bytesOf({ temporaryBytes, externalBytes }: PlanReport): number {
  return temporaryBytes + externalBytes;
}
