/**
 * The `webgpu` device: runs programs as WGSL shaders on a GPU.
 * @module
 */
import type { DeviceBuffer, DeviceInfo, Executable, KernelDevice } from "../../device/device.ts";
import { DeviceLostError } from "../../device/device_lost_error.ts";
import { DeviceMemoryError } from "../../device/device_memory_error.ts";
import { chainRows } from "../../compile/chain.ts";
import { requireRanks } from "../../compile/require_ranks.ts";
import type { Communicator } from "../../device/communicator.ts";
import type { Program } from "../../ir/kernel.ts";
import { type AdapterOptions, findAdapter } from "./adapter.ts";
import { type BufferLimit, bufferLimitOf } from "./buffer_limit.ts";
import { isWorthwhile, planChain } from "../chain/chain_plan.ts";
import { type Host, WebGPUExecutable } from "./executable.ts";
import type { OperandType } from "../gemm/gemm_operand.ts";
import { usableTiles } from "../gemm/gemm_tile.ts";
import { measureProduct } from "./measure_product.ts";
import { Memory } from "./memory.ts";
import { PendingWork } from "./pending_work.ts";
import { Pace } from "../program/pace.ts";
import { Pipelines } from "./pipelines.ts";
import { subgroupSize } from "./subgroups.ts";
import { beginWait } from "./polling.ts";
import { TIMESTAMPS } from "./timestamps.ts";
import { Tuner, type TuningStore } from "../gemm/tuner.ts";

/**
 * Options of {@link openWebGPU}.
 *
 * @category Devices
 */
export interface WebGPUOptions extends AdapterOptions {
  /**
   * Maximum total bytes of all buffers. WebGPU does not report the memory of a GPU: by default there is no limit for
   * hardware, and 4 GiB of main memory for a software adapter.
   */
  readonly maxMemoryBytes?: number;
  /** Maximum bytes of one buffer. Default: the limit of the GPU, often 128 MiB to 4 GiB. */
  readonly maxBufferBytes?: number;
  /**
   * Store for measured tile choices of matrix products on this GPU; without it nothing is measured, and tiles follow
   * from the shapes. Products are measured when a program is prepared, for about a second per device at most. Results
   * are bit-identical either way.
   */
  readonly tuning?: TuningStore;
  /** Whether to measure software adapters too (default false): for tests. */
  readonly tuneSoftware?: boolean;
  /**
   * Operand precision of matrix products: `float32` (default), or operands rounded to `float16` with float32
   * accumulation. The latter moves half the bytes within the GPU; it has three significant digits, and values beyond
   * 65504 become infinite. Products that run as a chain, from layer to layer within workgroup memory, always use
   * float32.
   */
  readonly precision?: "float32" | "float16";
  /** Approximate seconds of work beyond which a run is divided into several submits (default 0.4). */
  readonly maxSubmitSeconds?: number;
}

const SOFTWARE_MEMORY_BYTES = 4 * 2 ** 30;
const SUBMIT_SECONDS = 0.4;

/** Limits that are raised to those of the adapter. */
const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxUniformBufferBindingSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupsPerDimension",
] as const;

/** A GPU as a kernel device; opened by {@link openWebGPU}. */
export class WebGPUDevice implements KernelDevice {
  readonly info: DeviceInfo;
  readonly #gpu: GPUDevice;
  readonly #memory: Memory;
  readonly #host: Host;
  readonly #errors: GPUError[] = [];
  readonly #pending = new PendingWork();
  #closed = false;
  readonly #pace: Pace;
  readonly #tuner: Tuner;
  /** The last submitted run, and when the one before it completed, in milliseconds. */
  #last: { readonly estimate: number; readonly submitted: number } | undefined;
  #done = 0;
  /** Resolves when the last run that exchanges values with other ranks is submitted completely. */
  #turn: Promise<void> | undefined;

  constructor(gpu: GPUDevice, info: DeviceInfo, parts: DeviceParts) {
    this.info = info;
    this.#gpu = gpu;
    this.#memory = new Memory(gpu, { buffer: parts.bufferLimit, all: info.maxMemoryBytes });
    this.#pace = new Pace(parts.maxSubmitSeconds);
    this.#tuner = new Tuner({
      key: parts.tuningKey,
      tiles: usableTiles(gpu.limits),
      store: parts.tuning,
      measure: (kernel, tiles) => measureProduct(this.#host, kernel, tiles),
    });
    this.#host = {
      gpu,
      memory: this.#memory,
      pipelines: new Pipelines(gpu, info.hardware),
      traits: {
        plan: (kernel) => this.#tuner.plan(kernel),
        subgroup: parts.subgroup,
        operands: parts.operands,
        chain: {
          workgroupBytes: gpu.limits.maxComputeWorkgroupStorageSize,
          threads: gpu.limits.maxComputeInvocationsPerWorkgroup,
          buffers: gpu.limits.maxStorageBuffersPerShaderStage,
        },
      },
      pace: this.#pace,
      check: () => this.#check(),
      settled: (work) => this.#settled(work),
      inTurn: (work) => this.#inTurn(work),
      turn: () => this.#turn,
      submit: (parts, estimate) => this.#submit(parts, estimate),
    };
    gpu.lost.then(({ message }) => this.#closed || this.#pending.fail(() => new DeviceLostError(message)));
    gpu.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.#errors.push((event as GPUUncapturedErrorEvent).error);
      this.#memory.stopReuse();
    });
  }

  get liveBuffers(): number {
    return this.#memory.liveBuffers;
  }

  get liveBytes(): number {
    return this.#memory.liveBytes;
  }

  allocate(bytes: number): DeviceBuffer {
    this.#check();
    return this.#memory.allocate(bytes);
  }

  free(buffer: DeviceBuffer): void {
    this.#memory.free(buffer);
  }

  write(handle: DeviceBuffer, data: ArrayBufferView): void {
    this.#check();
    const buffer = this.#memory.resolve(handle);
    if (data.byteLength > buffer.bytes || data.byteLength % 4 !== 0) {
      throw new RangeError(
        `${data.byteLength} bytes do not fit a buffer of ${buffer.bytes} bytes, or are not a multiple of four`,
      );
    }
    if (data.byteLength === 0) return;
    this.#memory.write(buffer.gpu, data);
  }

  async read(handle: DeviceBuffer, bytes: number): Promise<ArrayBuffer> {
    this.#check();
    const buffer = this.#memory.resolve(handle);
    if (bytes > buffer.bytes || bytes % 4 !== 0 || bytes < 0) {
      throw new RangeError(
        `${bytes} bytes cannot be read from a buffer of ${buffer.bytes} bytes: request a multiple of four up to that size`,
      );
    }
    if (bytes === 0) return new ArrayBuffer(0);
    if (this.#turn) await this.#turn;
    const copy = await this.#settled(this.#memory.read(buffer.gpu, bytes));
    this.#check();
    return copy;
  }

  joinSteps(program: Program): Program {
    return chainRows(program, (chain) => {
      const plan = planChain(chain, this.#host.traits.chain);
      return plan !== undefined && isWorthwhile(chain, plan);
    });
  }

  async prepare(program: Program, bytes?: number, ranks?: Communicator): Promise<Executable> {
    this.#check();
    const communicator = requireRanks(program, ranks);
    await this.#settled(this.#tuner.learn(program));
    return await this.#settled(WebGPUExecutable.prepare(this.#host, program, bytes, communicator));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#pending.fail(() => new Error("the device has been closed; open a new one"));
    this.#memory.clear();
    this.#gpu.destroy();
    await this.#gpu.lost;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Throws if the device is lost or an error was reported since the last check; called before work begins. */
  #check(): void {
    beginWait();
    this.#pending.check();
    const errors = this.#errors.splice(0);
    if (errors.length === 0) return;
    const message = errors.map(({ message }) => message).join("\n");
    // What else was reported follows from the missing buffer
    if (errors.some(isOutOfMemory)) throw new DeviceMemoryError(this.#memory.fullMessage(message));
    throw new Error(`the GPU reported: ${message}`);
  }

  /** Awaits work of the GPU; throws the device's error if it is lost meanwhile, or reported one. */
  async #settled<T>(work: Promise<T>): Promise<T> {
    try {
      return await this.#pending.wait(work);
    } catch (error) {
      this.#check();
      throw error;
    }
  }

  /** Runs work that others must not come between, such as a run that waits for other ranks. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#turn, result = before ? before.then(work) : work();
    const turn = result.then(() => {}, () => {});
    this.#turn = turn;
    try {
      return await result;
    } finally {
      if (this.#turn === turn) this.#turn = undefined;
    }
  }

  /** Submits a run, then waits until the previous run is done: the GPU stays busy while the next one is prepared. */
  async #submit(parts: readonly GPUCommandBuffer[], estimate: number): Promise<void> {
    const { queue } = this.#gpu;
    const before = this.#last;
    // Created only if awaited: while a promise is pending, Dawn polls.
    const earlier = before && queue.onSubmittedWorkDone();
    for (const part of parts) queue.submit([part]);
    const submitted = performance.now();
    this.#last = { estimate, submitted };
    if (!before) return;
    if (earlier) await this.#settled(earlier);
    const done = performance.now();
    // If there was nothing to wait for, the run may have completed long ago.
    const seconds = (done - Math.max(before.submitted, this.#done)) / 1000;
    this.#pace.measured(before.estimate, seconds, done - submitted > 1);
    this.#done = done;
  }
}

/** Components of a device besides the GPU. */
export interface DeviceParts {
  readonly bufferLimit: BufferLimit;
  readonly subgroup: number;
  readonly operands: OperandType;
  readonly tuning: TuningStore | undefined;
  readonly tuningKey: string;
  readonly maxSubmitSeconds: number;
}

/** Whether an error is about memory; the global class of such errors does not exist in every runtime. */
function isOutOfMemory(error: GPUError): boolean {
  return error.constructor.name === "GPUOutOfMemoryError";
}

/** Identifies an adapter in a {@link TuningStore}; the number is the version of the measuring method. */
function tuningKeyOf({ info }: GPUAdapter): string {
  const parts = [info.vendor, info.architecture, info.device, info.description].filter(Boolean);
  return `webgpu products 1: ${parts.join(", ")}`;
}

/**
 * Opens a GPU.
 *
 * @param options Options.
 * @returns A device; close it when it is no longer needed.
 * @throws {NoAdapterError} If there is no WebGPU or no adapter; the message says what to install or which flag to use.
 * @throws {Error} If float16 was requested and the adapter does not support it.
 */
export async function openWebGPU(options: WebGPUOptions = {}): Promise<KernelDevice> {
  const { adapter, name, hardware, note } = await findAdapter(options);
  const requiredLimits = Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]]));
  const half = options.precision === "float16";
  if (half && !adapter.features.has("shader-f16")) {
    throw new Error(
      `${name} does not support float16 (feature shader-f16): use precision float32`,
    );
  }
  const requiredFeatures: GPUFeatureName[] = half ? ["shader-f16"] : [];
  // A software adapter gains nothing from subgroups.
  if (hardware && adapter.features.has("subgroups")) requiredFeatures.push("subgroups");
  if (adapter.features.has(TIMESTAMPS)) requiredFeatures.push(TIMESTAMPS);
  const gpu = await adapter.requestDevice({ requiredLimits, requiredFeatures });
  const bufferLimit = bufferLimitOf(gpu.limits, options.maxBufferBytes);
  const info: DeviceInfo = {
    kind: "webgpu",
    name,
    hardware,
    maxBufferBytes: bufferLimit.bytes,
    maxMemoryBytes: options.maxMemoryBytes ?? (hardware ? Infinity : SOFTWARE_MEMORY_BYTES),
    // One additional buffer is bound where the partial sums of a kernel pass through memory.
    maxKernelBuffers: gpu.limits.maxStorageBuffersPerShaderStage - 1,
    threads: 1,
    ...(note !== undefined && { note }),
  };
  return new WebGPUDevice(gpu, info, {
    bufferLimit,
    subgroup: await subgroupSize(gpu, adapter.info.subgroupMinSize, hardware),
    tuning: hardware || options.tuneSoftware ? options.tuning : undefined,
    operands: half ? "f16" : "f32",
    tuningKey: `${tuningKeyOf(adapter)}${half ? ", float16" : ""}`,
    maxSubmitSeconds: options.maxSubmitSeconds ?? SUBMIT_SECONDS,
  });
}
