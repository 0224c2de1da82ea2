/**
 * Buffers of a WebGPU device: allocation within limits, reuse of freed buffers, staging for reads.
 * @module
 */
import type { DeviceBuffer } from "../../device/device.ts";
import { BufferLimitError } from "../../device/buffer_limit_error.ts";
import { DeviceMemoryError } from "../../device/device_memory_error.ts";
import type { BufferLimit } from "./buffer_limit.ts";
import { BufferPool, type PooledBuffer } from "./buffer_pool.ts";

/** Bits of `GPUBufferUsage`; the global of that name does not exist in every runtime. */
const USAGE = { mapRead: 1, copySource: 4, copyDestination: 8, uniform: 64, storage: 128 } as const;

/** Maximum bytes of freed buffers retained for reuse; the oldest are destroyed first. */
const POOL_BYTES = 256 * 2 ** 20;
const STAGING_POOL_BYTES = 32 * 2 ** 20;

/** Returns the actual size of a buffer: whole vectors of four, at least one. */
export function paddedBytes(bytes: number): number {
  return Math.max(16, Math.ceil(bytes / 16) * 16);
}

/** The device's representation of a buffer. */
export class WebGPUBuffer implements DeviceBuffer {
  readonly bytes: number;
  readonly gpu: GPUBuffer;
  /** Identifies its GPU buffer: a later owner of the same GPU buffer has the same serial. */
  readonly serial: number;
  freed = false;

  /** @param memory GPU buffer. @param bytes Requested size. */
  constructor({ gpu, serial }: PooledBuffer, bytes: number) {
    this.gpu = gpu;
    this.bytes = bytes;
    this.serial = serial;
  }
}

/** Rounds the sizes of staging buffers to a few values for reuse; large ones are exact, and not retained. */
function stagingBytes(bytes: number): number {
  return bytes > STAGING_POOL_BYTES ? paddedBytes(bytes) : 2 ** Math.ceil(Math.log2(Math.max(bytes, 256)));
}

const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** Limits of a device. */
export interface MemoryLimits {
  /** The largest buffer. */
  readonly buffer: BufferLimit;
  /** Maximum bytes of all buffers together. */
  readonly all: number;
}

/** No limits but those that the GPU enforces itself. */
export const UNLIMITED: MemoryLimits = { buffer: { name: "", bytes: Infinity }, all: Infinity };

/** Allocates all buffers of a device. */
export class Memory {
  readonly #device: GPUDevice;
  readonly #limits: MemoryLimits;
  readonly #storage: BufferPool;
  readonly #staging: BufferPool;
  /** Staging of exchanges with other ranks: the same sizes in every run. */
  readonly #exchanges: BufferPool;
  readonly #live = new Set<WebGPUBuffer>();
  readonly #temporaries = new Set<WebGPUBuffer>();
  readonly #uniforms = new Set<GPUBuffer>();
  #bytes = 0;
  #reuses = true;
  #cleared = false;

  /** @param device Device. @param limits Limits of all allocations. */
  constructor(device: GPUDevice, limits: MemoryLimits) {
    this.#device = device;
    this.#limits = limits;
    this.#storage = new BufferPool(
      device,
      USAGE.storage | USAGE.copySource | USAGE.copyDestination,
      POOL_BYTES,
    );
    this.#staging = new BufferPool(device, USAGE.mapRead | USAGE.copyDestination, STAGING_POOL_BYTES);
    this.#exchanges = new BufferPool(device, USAGE.mapRead | USAGE.copyDestination, POOL_BYTES);
  }

  /** The largest buffer that can be allocated. */
  get bufferLimit(): BufferLimit {
    return this.#limits.buffer;
  }

  /** Number of live buffers, excluding temporaries of programs. */
  get liveBuffers(): number {
    return this.#live.size;
  }

  /** Allocated bytes, including temporaries. */
  get liveBytes(): number {
    return this.#bytes;
  }

  /**
   * Allocates a storage buffer.
   *
   * @param bytes Size, a multiple of four.
   * @param role A temporary belongs to a program and does not count as a live buffer.
   * @throws {RangeError} If the size is invalid.
   * @throws {BufferLimitError} If it exceeds the limit of a single buffer.
   * @throws {DeviceMemoryError} If it does not fit beside the other buffers.
   */
  allocate(bytes: number, role: "external" | "temporary" = "external"): WebGPUBuffer {
    if (!Number.isInteger(bytes) || bytes < 0 || bytes % 4 !== 0) {
      throw new RangeError(`the size of a buffer must be a multiple of four bytes, got ${bytes}`);
    }
    const { buffer: { name, bytes: limitBytes } } = this.#limits;
    if (bytes > limitBytes) throw new BufferLimitError({ bytes, limit: name, limitBytes });
    if (this.#bytes + bytes > this.#limits.all) {
      throw new DeviceMemoryError(
        `cannot allocate a buffer of ${mebibytes(bytes)}; ${mebibytes(this.#bytes)} of ` +
          `${mebibytes(this.#limits.all)} are in use`,
      );
    }
    const buffer = new WebGPUBuffer(this.#storage.acquire(paddedBytes(bytes)), bytes);
    (role === "external" ? this.#live : this.#temporaries).add(buffer);
    this.#bytes += bytes;
    return buffer;
  }

  /**
   * Returns the buffer of a handle.
   *
   * @throws {TypeError} If it belongs to another device or has been freed.
   */
  resolve(buffer: DeviceBuffer): WebGPUBuffer {
    if (!(buffer instanceof WebGPUBuffer)) throw new TypeError("the buffer belongs to another device");
    if (buffer.freed) throw new TypeError(`the buffer of ${buffer.bytes} bytes has been freed`);
    if (!this.#live.has(buffer) && !this.#temporaries.has(buffer)) {
      throw new TypeError("the buffer belongs to another device");
    }
    return buffer;
  }

  /** Frees a buffer. Work submitted before still sees its contents: queue operations are ordered. */
  free(handle: DeviceBuffer): void {
    if (this.#cleared) return;
    const buffer = this.resolve(handle);
    buffer.freed = true;
    this.#live.delete(buffer);
    this.#temporaries.delete(buffer);
    this.#bytes -= buffer.bytes;
    if (this.#reuses) this.#storage.release(buffer);
    else buffer.gpu.destroy();
  }

  /** Disables the reuse of buffers: after an error, one of them may be invalid. */
  stopReuse(): void {
    this.#reuses = false;
    this.#storage.clear();
  }

  /**
   * Allocates buffers for temporaries, all or none.
   *
   * @param sizes Bytes of each.
   * @throws {RangeError} If they do not fit.
   */
  async allocateTemporaries(sizes: readonly number[]): Promise<WebGPUBuffer[]> {
    const buffers: WebGPUBuffer[] = [];
    this.#device.pushErrorScope("out-of-memory");
    try {
      for (const bytes of sizes) buffers.push(this.allocate(bytes, "temporary"));
    } catch (error) {
      buffers.forEach((buffer) => this.free(buffer));
      await this.#device.popErrorScope();
      throw error;
    }
    const exhausted = await this.#device.popErrorScope();
    if (!exhausted) return buffers;
    this.stopReuse();
    buffers.forEach((buffer) => this.free(buffer));
    const all = sizes.reduce((sum, bytes) => sum + bytes, 0);
    throw new DeviceMemoryError(
      `cannot allocate ${mebibytes(all)} for the temporaries of a program: ${
        this.fullMessage(exhausted.message)
      }`,
    );
  }

  /** Returns the message for an allocation that the GPU refused. @param reason The GPU's message. */
  fullMessage(reason: string): string {
    return `the GPU's memory is full, with ${mebibytes(this.#bytes)} in use (${reason})`;
  }

  /** Creates a uniform buffer with the given contents. */
  uniforms(data: Uint32Array): GPUBuffer {
    const buffer = this.#device.createBuffer({
      size: data.byteLength,
      usage: USAGE.uniform | USAGE.copyDestination,
    });
    this.write(buffer, data);
    this.#uniforms.add(buffer);
    return buffer;
  }

  /** Writes bytes to the start of a buffer, in submission order; shared memory is copied first. */
  write(target: GPUBuffer, { buffer, byteOffset, byteLength }: ArrayBufferView): void {
    const bytes = buffer instanceof ArrayBuffer
      ? new Uint8Array(buffer, byteOffset, byteLength)
      : Uint8Array.from(new Uint8Array(buffer, byteOffset, byteLength));
    this.#device.queue.writeBuffer(target, 0, bytes);
  }

  /** Destroys a uniform buffer. */
  freeUniforms(buffer: GPUBuffer): void {
    this.#uniforms.delete(buffer);
    buffer.destroy();
  }

  /**
   * Reads the first bytes of a buffer, after all previously submitted work.
   *
   * @param source Buffer.
   * @param bytes A multiple of four, more than 0.
   */
  async read(source: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
    const staging = this.#staging.acquire(stagingBytes(bytes));
    try {
      const encoder = this.#device.createCommandEncoder();
      encoder.copyBufferToBuffer(source, 0, staging.gpu, 0, bytes);
      this.#device.queue.submit([encoder.finish()]);
      await staging.gpu.mapAsync(USAGE.mapRead, 0, bytes);
      const copy = staging.gpu.getMappedRange(0, bytes).slice(0);
      staging.gpu.unmap();
      this.#staging.release(staging);
      return copy;
    } catch (error) {
      staging.gpu.destroy();
      throw error;
    }
  }

  /** Returns a buffer that the host can read, for an exchange with other ranks. @param bytes A multiple of four. */
  acquireStaging(bytes: number): PooledBuffer {
    return this.#exchanges.acquire(bytes);
  }

  /** Retains such a buffer for the next run. */
  releaseStaging(buffer: PooledBuffer): void {
    if (this.#cleared) buffer.gpu.destroy();
    else this.#exchanges.release(buffer);
  }

  /** Destroys all buffers, permanently. */
  clear(): void {
    this.#cleared = true;
    for (const buffer of [...this.#live, ...this.#temporaries]) {
      buffer.freed = true;
      buffer.gpu.destroy();
    }
    for (const buffer of this.#uniforms) buffer.destroy();
    this.#live.clear();
    this.#temporaries.clear();
    this.#uniforms.clear();
    this.#bytes = 0;
    this.#storage.clear();
    this.#staging.clear();
    this.#exchanges.clear();
  }
}
