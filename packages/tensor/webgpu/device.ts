/**
 * The `webgpu` device: programs of kernels as WGSL on a GPU.
 * @module
 */
import type { Device, DeviceBuffer, DeviceInfo, Executable } from "../device.ts";
import type { Program } from "../ir/kernel.ts";
import { type AdapterOptions, findAdapter } from "./adapter.ts";
import { type Host, WebGPUExecutable } from "./executable.ts";
import { Memory } from "./memory.ts";
import { Pipelines } from "./pipelines.ts";
import { beginWait } from "./ticks.ts";

/** What is asked of the device. */
export interface WebGPUOptions extends AdapterOptions {
  /**
   * Most bytes that all buffers together may take. WebGPU does not tell how much a GPU has: by default there is no limit
   * for hardware, and 4 GiB of the machine's memory for a software adapter.
   */
  readonly maxMemoryBytes?: number;
}

const SOFTWARE_MEMORY_BYTES = 4 * 2 ** 30;

/** Limits that are raised to what the adapter has. */
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

class WebGPUDevice implements Device {
  readonly info: DeviceInfo;
  readonly #gpu: GPUDevice;
  readonly #memory: Memory;
  readonly #host: Host;
  readonly #errors: string[] = [];
  #lost: string | undefined;
  #submitted = false;

  constructor(gpu: GPUDevice, info: DeviceInfo) {
    this.info = info;
    this.#gpu = gpu;
    this.#memory = new Memory(gpu, { buffer: info.maxBufferBytes, all: info.maxMemoryBytes });
    this.#host = {
      gpu,
      memory: this.#memory,
      pipelines: new Pipelines(gpu, info.hardware),
      check: () => this.#check(),
      submit: (commands) => this.#submit(commands),
    };
    gpu.lost.then(({ message }) => this.#lost ??= `the GPU was lost: ${message || "no reason given"}`);
    gpu.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.#errors.push((event as GPUUncapturedErrorEvent).error.message);
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
        `${bytes} bytes cannot be read from a buffer of ${buffer.bytes} bytes: ask for a multiple of four up to that`,
      );
    }
    if (bytes === 0) return new ArrayBuffer(0);
    const copy = await this.#settled(this.#memory.read(buffer.gpu, bytes));
    this.#check();
    return copy;
  }

  async prepare(program: Program): Promise<Executable> {
    this.#check();
    return await this.#settled(WebGPUExecutable.prepare(this.#host, program));
  }

  async close(): Promise<void> {
    this.#lost ??= "the device was closed";
    this.#memory.clear();
    this.#gpu.destroy();
    await this.#gpu.lost;
  }

  /** Throws if the device is gone or an error was reported since the last look; called before work begins. */
  #check(): void {
    beginWait();
    if (this.#lost !== undefined) throw new Error(`${this.#lost}; open a new one`);
    const errors = this.#errors.splice(0);
    if (errors.length > 0) throw new Error(`the GPU reported: ${errors.join("\n")}`);
  }

  /** Waits for work of the GPU; if the device was lost meanwhile, that is the error. */
  async #settled<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.#check();
      throw error;
    }
  }

  /** Submits a run, then waits until the run before it is done: the GPU has work while the next one is prepared. */
  async #submit(commands: GPUCommandBuffer): Promise<void> {
    const { queue } = this.#gpu;
    // Asked only when waited for: while a promise is pending, Dawn polls.
    const earlier = this.#submitted ? queue.onSubmittedWorkDone() : undefined;
    queue.submit([commands]);
    this.#submitted = true;
    if (earlier) await earlier;
  }
}

/**
 * Opens a GPU.
 *
 * @param options What is asked of it.
 * @returns A device; close it when it is not needed any more.
 * @throws {Error} If there is no WebGPU, no adapter, or the adapter refuses; the message says what to do.
 */
export async function openWebGPU(options: WebGPUOptions = {}): Promise<Device> {
  const { adapter, name, hardware } = await findAdapter(options);
  const requiredLimits = Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]]));
  const gpu = await adapter.requestDevice({ requiredLimits });
  const { maxBufferSize, maxStorageBufferBindingSize, maxStorageBuffersPerShaderStage } = gpu.limits;
  return new WebGPUDevice(gpu, {
    kind: "webgpu",
    name,
    hardware,
    maxBufferBytes: Math.floor(Math.min(maxBufferSize, maxStorageBufferBindingSize) / 16) * 16,
    maxMemoryBytes: options.maxMemoryBytes ?? (hardware ? Infinity : SOFTWARE_MEMORY_BYTES),
    // One more is bound where the partial sums of a kernel pass through memory.
    maxKernelBuffers: maxStorageBuffersPerShaderStage - 1,
    threads: 1,
  });
}
