/**
 * Prepared programs: pipelines, uniforms, temporaries and bind groups.
 * @module
 */
import type { DeviceBuffer, Executable, ProgramProfile } from "../../device/device.ts";
import { runStages, type Stage, stagesOfRun } from "../../compile/exchange_stages.ts";
import { type Communicator, soloCommunicator } from "../../device/communicator.ts";
import type { ExchangeKernel, Program } from "../../ir/kernel.ts";
import { type Dispatch, lower, type Traits } from "../program/lower.ts";
import { BindGroups } from "./bind_groups.ts";
import { requireBindable } from "./buffer_limit.ts";
import { type ExchangeHost, Exchanges } from "./exchange.ts";
import type { WebGPUBuffer } from "./memory.ts";
import { schedule } from "./order.ts";
import { Pace } from "../program/pace.ts";
import { uniformBytes } from "../shader/shader.ts";
import type { Pipelines } from "./pipelines.ts";
import { TIMESTAMPS, Timestamps } from "./timestamps.ts";

/** The device, as seen by its executables. */
export interface Host extends ExchangeHost {
  readonly pipelines: Pipelines;
  readonly traits: Traits;
  readonly pace: Pace;
  /** Throws errors reported on the device since the last check. */
  check(): void;
  /** Runs work that exchanges values with other ranks; later runs and reads wait for it. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Such work that has begun and not ended, if there is any. */
  turn(): Promise<void> | undefined;
  /**
   * Submits the parts of a run, one by one; resolves when more can be submitted without queueing up work.
   *
   * @param parts Command buffers in order.
   * @param estimate Expected seconds of all parts, by `Pace.estimate`.
   */
  submit(parts: readonly GPUCommandBuffer[], estimate: number): Promise<void>;
}

/** What the GPU runs for a dispatch. */
interface Shader {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroups: BindGroups;
  readonly grid: readonly [number, number];
}

/** How a program that exchanges values with other ranks runs. */
interface RankedRun {
  readonly stages: readonly Stage[];
  readonly exchanges: Exchanges;
}

/** A dispatch with everything that is constant across runs. */
interface Prepared {
  /** Absent for an exchange with other ranks. */
  readonly shader: Shader | undefined;
  readonly exchange: ExchangeKernel | undefined;
  readonly buffers: readonly number[];
  /** Expected seconds. */
  readonly estimate: number;
  /** Index of the program's step that it belongs to, and among that step's passes. */
  readonly step: number;
  readonly part: number;
}

/** Distributes workgroups over two dimensions with few idle ones. */
function gridOf(groups: number, limit: number): readonly [number, number] {
  const y = Math.ceil(groups / limit);
  return [Math.ceil(groups / y), y];
}

/** Concatenates the uniform blocks of all dispatches. */
function joinParams(
  dispatches: readonly Dispatch[],
  alignment: number,
): { data: Uint32Array; offsets: number[] } {
  let bytes = 0;
  const offsets = dispatches.map(({ pass }) => {
    const offset = bytes;
    bytes = Math.ceil((offset + uniformBytes(pass.params)) / alignment) * alignment;
    return offset;
  });
  const data = new Uint32Array(Math.max(bytes, 16) / 4);
  dispatches.forEach(({ pass }, i) => data.set(pass.params, offsets[i]! / 4));
  return { data, offsets };
}

/** A program prepared on a device. */
export class WebGPUExecutable implements Executable {
  readonly temporaryBytes: number;
  /** Undefined if the GPU has no timestamps. Each dispatch is a separate pass, so that dispatches do not overlap. */
  readonly profile?: (external: readonly DeviceBuffer[]) => Promise<ProgramProfile>;
  readonly #host: Host;
  #dispatches: readonly Prepared[];
  readonly #uniforms: GPUBuffer;
  readonly #temporaries: readonly WebGPUBuffer[];
  readonly #slotOf: ReadonlyMap<number, number>;
  readonly #externals: readonly { readonly id: number; readonly bytes: number }[];
  /** Present if the program exchanges values with other ranks. */
  readonly #ranked: RankedRun | undefined;
  #released = false;

  private constructor(
    host: Host,
    program: Program,
    communicator: Communicator,
    parts: {
      dispatches: readonly Prepared[];
      uniforms: GPUBuffer;
      temporaries: readonly WebGPUBuffer[];
      slotOf: ReadonlyMap<number, number>;
      externals: readonly { readonly id: number; readonly bytes: number }[];
    },
  ) {
    this.#host = host;
    this.#dispatches = parts.dispatches;
    this.#uniforms = parts.uniforms;
    this.#temporaries = parts.temporaries;
    this.#slotOf = parts.slotOf;
    this.#externals = parts.externals;
    this.temporaryBytes = parts.temporaries.reduce((sum, { bytes }) => sum + bytes, 0);
    const stages = stagesOfRun(this.#dispatches.map(({ exchange, buffers }) => ({
      isExchange: exchange !== undefined,
      buffers,
    })));
    const isAlone = stages.every(({ kind }) => kind === "run");
    this.#ranked = isAlone ? undefined : { stages, exchanges: new Exchanges(host, communicator) };
    if (host.gpu.features.has(TIMESTAMPS) && isAlone) {
      this.profile = (external) => this.#profile(program, external);
    }
  }

  /**
   * Compiles a program.
   *
   * @param host Device.
   * @param program Program.
   * @param temporaryBytes Memory budget of its temporaries.
   * @param communicator The ranks that run it. Default: one.
   * @throws {BufferLimitError} If the GPU cannot bind one of its buffers.
   * @throws {DeviceMemoryError} If its temporaries do not fit.
   * @throws {Error} If a kernel does not compile.
   */
  static async prepare(
    host: Host,
    program: Program,
    temporaryBytes?: number,
    communicator: Communicator = soloCommunicator,
  ): Promise<WebGPUExecutable> {
    const lowered = lower(program, host.traits);
    requireBindable(host.memory.bufferLimit, program, lowered);
    const { dispatches, plan } = schedule(lowered, temporaryBytes);
    const { limits } = host.gpu;
    const compiled = await Promise.all(
      dispatches.map(({ pass, name, exchange }) => exchange ? undefined : host.pipelines.get(pass, name)),
    );
    const { data, offsets } = joinParams(dispatches, limits.minUniformBufferOffsetAlignment);
    const temporaries = await host.memory.allocateTemporaries(plan.bytes);
    const uniforms = host.memory.uniforms(data);
    const shaderOf = (pass: Dispatch["pass"], i: number): Shader | undefined => {
      const code = compiled[i];
      return code && {
        pipeline: code.pipeline,
        bindGroups: new BindGroups(host.gpu, code.layout, {
          buffer: uniforms,
          offset: offsets[i]!,
          size: uniformBytes(pass.params),
        }),
        grid: gridOf(pass.groups, limits.maxComputeWorkgroupsPerDimension),
      };
    };
    return new WebGPUExecutable(host, program, communicator, {
      dispatches: dispatches.map(({ pass, buffers, work, step, part, exchange }, i) => ({
        shader: shaderOf(pass, i),
        exchange,
        buffers,
        estimate: Pace.estimate(work),
        step,
        part,
      })),
      uniforms,
      temporaries,
      slotOf: plan.slotOf,
      externals: program.buffers.flatMap(({ role, bytes }, id) => role === "external" ? [{ id, bytes }] : []),
    });
  }

  /** @inheritdoc */
  async run(external: readonly DeviceBuffer[]): Promise<void> {
    const ranked = this.#ranked, turn = this.#host.turn();
    if (ranked) return await this.#host.inTurn(() => this.#runStages(external, ranked));
    // Otherwise at once, so that runs are submitted in the order of their calls
    if (turn) await turn;
    await this.#submit(external);
  }

  /** Submits what waits for no exchange while others are under way. */
  async #runStages(
    external: readonly DeviceBuffer[],
    { stages, exchanges }: RankedRun,
  ): Promise<void> {
    this.#requireUsable();
    const bufferOf = this.#buffersOf(external), bindGroups = this.#bind(bufferOf);
    await runStages(stages, {
      run: (begin, end) => this.#submitRange(begin, end, bindGroups),
      start: (item) => {
        const { exchange, buffers } = this.#dispatches[item]!,
          [source, target] = buffers.slice(0, -1).map(bufferOf);
        return exchanges.start(exchange!, source!, target ?? source!);
      },
    });
  }

  #requireUsable(): void {
    this.#host.check();
    if (this.#released) throw new Error("the program has been released");
  }

  async #profile(program: Program, external: readonly DeviceBuffer[]): Promise<ProgramProfile> {
    const timestamps = new Timestamps(this.#host.gpu, this.#dispatches.length);
    try {
      await this.#submit(external, timestamps);
      const times = await timestamps.read();
      const spans = this.#dispatches.map(({ step, part }, i) => ({ step, part, thread: 0, ...times[i]! }));
      return { program, spans };
    } finally {
      timestamps.destroy();
    }
  }

  async #submit(external: readonly DeviceBuffer[], timestamps?: Timestamps): Promise<void> {
    this.#requireUsable();
    const bindGroups = this.#bind(this.#buffersOf(external));
    await this.#submitRange(0, this.#dispatches.length, bindGroups, timestamps);
  }

  async #submitRange(
    begin: number,
    end: number,
    bindGroups: readonly (GPUBindGroup | undefined)[],
    timestamps?: Timestamps,
  ): Promise<void> {
    const estimates = this.#dispatches.slice(begin, end).map(({ estimate }) => estimate);
    const ends = this.#host.pace.cut(estimates).map((at) => begin + at);
    const parts = ends.map((at, i) => this.#encode(ends[i - 1] ?? begin, at, bindGroups, timestamps));
    if (timestamps) parts.push(timestamps.collect());
    await this.#host.submit(parts, estimates.reduce((sum, estimate) => sum + estimate, 0));
  }

  /** Encodes dispatches `begin .. end` as one pass, or with timestamps as one pass each. */
  #encode(
    begin: number,
    end: number,
    bindGroups: readonly (GPUBindGroup | undefined)[],
    timestamps?: Timestamps,
  ): GPUCommandBuffer {
    const encoder = this.#host.gpu.createCommandEncoder();
    const beginPass = (dispatch: number) =>
      encoder.beginComputePass(timestamps && { timestampWrites: timestamps.writes(dispatch) });
    let pass = beginPass(begin), current: GPUComputePipeline | undefined;
    for (let i = begin; i < end; i++) {
      const { pipeline, grid } = this.#dispatches[i]!.shader!;
      if (timestamps && i > begin) {
        pass.end();
        pass = beginPass(i);
        current = undefined;
      }
      if (pipeline !== current) pass.setPipeline(pipeline);
      current = pipeline;
      pass.setBindGroup(0, bindGroups[i]!);
      pass.dispatchWorkgroups(...grid);
    }
    pass.end();
    return encoder.finish();
  }

  /** @inheritdoc */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#dispatches = [];
    for (const buffer of this.#temporaries) this.#host.memory.free(buffer);
    this.#host.memory.freeUniforms(this.#uniforms);
  }

  /** Returns the buffer of each buffer of the program, with these external ones. */
  #buffersOf(external: readonly DeviceBuffer[]): (id: number) => WebGPUBuffer {
    if (external.length !== this.#externals.length) {
      throw new RangeError(`the program needs ${this.#externals.length} buffers, got ${external.length}`);
    }
    const given = new Map(this.#externals.map(({ id, bytes }, i) => {
      const buffer = this.#host.memory.resolve(external[i]!);
      if (buffer.bytes < bytes) {
        throw new RangeError(`external buffer ${i} of the program needs ${bytes} bytes, got ${buffer.bytes}`);
      }
      return [id, buffer] as const;
    }));
    return (id) => given.get(id) ?? this.#temporaries[this.#slotOf.get(id)!]!;
  }

  /** Returns the bind group of each dispatch; exchanges have none. */
  #bind(bufferOf: (id: number) => WebGPUBuffer): (GPUBindGroup | undefined)[] {
    return this.#dispatches.map(({ shader, buffers }) => shader?.bindGroups.get(buffers.map(bufferOf)));
  }
}
