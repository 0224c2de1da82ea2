/**
 * Programs made ready to run: pipelines, uniforms, temporaries and bind groups.
 * @module
 */
import type { DeviceBuffer, Executable } from "../device.ts";
import type { Program } from "../ir/kernel.ts";
import { type Dispatch, lower } from "./lower.ts";
import type { Memory, WebGPUBuffer } from "./memory.ts";
import type { Pipeline, Pipelines } from "./pipelines.ts";
import { planSlots } from "./slots.ts";

/** What an executable needs of its device. */
export interface Host {
  readonly gpu: GPUDevice;
  readonly memory: Memory;
  readonly pipelines: Pipelines;
  /** Throws what went wrong on the device since the last look. */
  check(): void;
  /** Submits commands; resolves when more may be submitted without piling up work. */
  submit(commands: GPUCommandBuffer): Promise<void>;
}

/** Sets of external buffers whose bind groups are kept. */
const KEPT_SETS = 8;

/** A dispatch with everything that does not change from run to run. */
interface Prepared {
  readonly pipeline: Pipeline;
  readonly uniforms: { readonly offset: number; readonly size: number };
  readonly grid: readonly [number, number];
  readonly buffers: readonly number[];
}

/** Lays a number of workgroups out over two dimensions with few left over. */
function gridOf(groups: number, most: number): readonly [number, number] {
  const y = Math.ceil(groups / most);
  return [Math.ceil(groups / y), y];
}

/** The uniform blocks of all dispatches behind each other. */
function joinParams(
  dispatches: readonly Dispatch[],
  alignment: number,
): { data: Uint32Array; offsets: number[] } {
  let bytes = 0;
  const offsets = dispatches.map(({ pass }) => {
    const offset = bytes;
    bytes = Math.ceil((offset + paramBytes(pass.params)) / alignment) * alignment;
    return offset;
  });
  const data = new Uint32Array(Math.max(bytes, 16) / 4);
  dispatches.forEach(({ pass }, i) => data.set(pass.params, offsets[i]! / 4));
  return { data, offsets };
}

function paramBytes(params: Uint32Array): number {
  return Math.ceil(params.byteLength / 16) * 16;
}

/** A program on a device. */
export class WebGPUExecutable implements Executable {
  readonly temporaryBytes: number;
  readonly #host: Host;
  readonly #dispatches: readonly Prepared[];
  readonly #uniforms: GPUBuffer;
  readonly #temporaries: readonly WebGPUBuffer[];
  readonly #slotOf: ReadonlyMap<number, number>;
  readonly #externals: readonly { readonly id: number; readonly bytes: number }[];
  readonly #bindGroups = new Map<string, readonly GPUBindGroup[]>();
  #released = false;

  private constructor(
    host: Host,
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
  }

  /**
   * Compiles a program.
   *
   * @param host Device.
   * @param program Program.
   * @throws {RangeError} If its temporaries do not fit.
   * @throws {Error} If a kernel does not compile.
   */
  static async prepare(host: Host, program: Program): Promise<WebGPUExecutable> {
    const lowered = lower(program);
    const plan = planSlots(lowered);
    const { limits } = host.gpu;
    const compiled = await Promise.all(
      lowered.dispatches.map(({ pass, name }) => host.pipelines.get(pass, name)),
    );
    const { data, offsets } = joinParams(lowered.dispatches, limits.minUniformBufferOffsetAlignment);
    const temporaries = await host.memory.allocateTemporaries(plan.bytes);
    return new WebGPUExecutable(host, {
      dispatches: lowered.dispatches.map(({ pass, buffers }, i) => ({
        pipeline: compiled[i]!,
        uniforms: { offset: offsets[i]!, size: paramBytes(pass.params) },
        grid: gridOf(pass.groups, limits.maxComputeWorkgroupsPerDimension),
        buffers,
      })),
      uniforms: host.memory.uniforms(data),
      temporaries,
      slotOf: plan.slotOf,
      externals: program.buffers.flatMap(({ role, bytes }, id) => role === "external" ? [{ id, bytes }] : []),
    });
  }

  /** @inheritdoc */
  async run(external: readonly DeviceBuffer[]): Promise<void> {
    this.#host.check();
    if (this.#released) throw new Error("the program was released");
    const bindGroups = this.#bind(external);
    const encoder = this.#host.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    let current: GPUComputePipeline | undefined;
    this.#dispatches.forEach(({ pipeline: { pipeline }, grid }, i) => {
      if (pipeline !== current) pass.setPipeline(pipeline);
      current = pipeline;
      pass.setBindGroup(0, bindGroups[i]!);
      pass.dispatchWorkgroups(...grid);
    });
    pass.end();
    await this.#host.submit(encoder.finish());
  }

  /** @inheritdoc */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#bindGroups.clear();
    for (const buffer of this.#temporaries) this.#host.memory.free(buffer);
    this.#host.memory.freeUniforms(this.#uniforms);
  }

  /** Bind groups for a set of external buffers; training alternates between few sets, and those are kept. */
  #bind(external: readonly DeviceBuffer[]): readonly GPUBindGroup[] {
    if (external.length !== this.#externals.length) {
      throw new RangeError(`the program takes ${this.#externals.length} buffers, got ${external.length}`);
    }
    const given = new Map(this.#externals.map(({ id, bytes }, i) => {
      const buffer = this.#host.memory.resolve(external[i]!);
      if (buffer.bytes < bytes) {
        throw new RangeError(`external buffer ${i} of the program takes ${bytes} bytes, got ${buffer.bytes}`);
      }
      return [id, buffer] as const;
    }));
    const key = [...given.values()].map(({ serial }) => serial).join();
    const known = this.#bindGroups.get(key);
    this.#bindGroups.delete(key);
    const groups = known ?? this.#dispatches.map((dispatch) => this.#bindGroup(dispatch, given));
    this.#bindGroups.set(key, groups);
    if (this.#bindGroups.size > KEPT_SETS) this.#bindGroups.delete(this.#bindGroups.keys().next().value!);
    return groups;
  }

  #bindGroup(dispatch: Prepared, given: ReadonlyMap<number, WebGPUBuffer>): GPUBindGroup {
    const buffers = dispatch.buffers.map((id) => given.get(id) ?? this.#temporaries[this.#slotOf.get(id)!]!);
    return this.#host.gpu.createBindGroup({
      layout: dispatch.pipeline.layout,
      entries: [
        { binding: 0, resource: { buffer: this.#uniforms, ...dispatch.uniforms } },
        ...buffers.map(({ gpu }, i) => ({ binding: i + 1, resource: { buffer: gpu } })),
      ],
    });
  }
}
