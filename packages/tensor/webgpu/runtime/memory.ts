/**
 * Buffers of a WebGPU device: allocation within limits, reuse of freed buffers, staging for reads.
 * @module
 */
import type { DeviceBuffer } from "../../core/device.ts";
import { DeviceMemoryError } from "../../core/device_memory_error.ts";
import { type NumberedBuffer, Spares } from "./spares.ts";

/** Bits of `GPUBufferUsage`; the global of that name does not exist in every runtime. */
const USAGE = { mapRead: 1, copySource: 4, copyDestination: 8, uniform: 64, storage: 128 } as const;

/** Freed buffers are kept up to this many bytes, oldest let go first. */
const SPARE_BYTES = 256 * 2 ** 20;
const SPARE_STAGING_BYTES = 32 * 2 ** 20;

/** Bytes that a buffer really takes: whole vectors of four, at least one. */
export function paddedBytes(bytes: number): number {
  return Math.max(16, Math.ceil(bytes / 16) * 16);
}

/** A buffer as its device knows it. */
export class WebGPUBuffer implements DeviceBuffer {
  readonly bytes: number;
  readonly gpu: GPUBuffer;
  /** Identifies its GPU buffer: a later owner of the same GPU buffer has the same serial. */
  readonly serial: number;
  freed = false;

  /** @param memory GPU buffer. @param bytes Size that was asked for. */
  constructor({ gpu, serial }: NumberedBuffer, bytes: number) {
    this.gpu = gpu;
    this.bytes = bytes;
    this.serial = serial;
  }
}

/** Sizes of staging buffers are few, so that they are used again; large ones are exact, and not kept. */
function stagingBytes(bytes: number): number {
  return bytes > SPARE_STAGING_BYTES ? paddedBytes(bytes) : 2 ** Math.ceil(Math.log2(Math.max(bytes, 256)));
}

const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** All buffers of one device. */
export class Memory {
  readonly #device: GPUDevice;
  readonly #limits: { readonly buffer: number; readonly all: number };
  readonly #storage: Spares;
  readonly #staging: Spares;
  readonly #live = new Set<WebGPUBuffer>();
  readonly #temporaries = new Set<WebGPUBuffer>();
  readonly #uniforms = new Set<GPUBuffer>();
  #bytes = 0;
  #reuses = true;
  #cleared = false;

  /** @param device Device. @param limits Most bytes of one buffer, and of all. */
  constructor(device: GPUDevice, limits: { readonly buffer: number; readonly all: number }) {
    this.#device = device;
    this.#limits = limits;
    this.#storage = new Spares(device, USAGE.storage | USAGE.copySource | USAGE.copyDestination, SPARE_BYTES);
    this.#staging = new Spares(device, USAGE.mapRead | USAGE.copyDestination, SPARE_STAGING_BYTES);
  }

  /** Buffers in use, without temporaries of programs. */
  get liveBuffers(): number {
    return this.#live.size;
  }

  /** Bytes that were asked for and not freed, temporaries included. */
  get liveBytes(): number {
    return this.#bytes;
  }

  /**
   * A storage buffer.
   *
   * @param bytes A multiple of four.
   * @param role A temporary belongs to a program and is not counted as a live buffer.
   * @throws {RangeError} If it is not, or does not fit.
   */
  allocate(bytes: number, role: "external" | "temporary" = "external"): WebGPUBuffer {
    if (!Number.isInteger(bytes) || bytes < 0 || bytes % 4 !== 0) {
      throw new RangeError(`a buffer takes a multiple of four bytes, got ${bytes}`);
    }
    if (bytes > this.#limits.buffer) {
      throw new RangeError(
        `a buffer of ${mebibytes(bytes)} was asked for; this GPU binds at most ${
          mebibytes(this.#limits.buffer)
        } ` +
          `at once: use a smaller batch or smaller layers`,
      );
    }
    if (this.#bytes + bytes > this.#limits.all) {
      throw new DeviceMemoryError(
        `a buffer of ${mebibytes(bytes)} was asked for; ${mebibytes(this.#bytes)} of ` +
          `${mebibytes(this.#limits.all)} are in use`,
      );
    }
    const buffer = new WebGPUBuffer(this.#storage.take(paddedBytes(bytes)), bytes);
    (role === "external" ? this.#live : this.#temporaries).add(buffer);
    this.#bytes += bytes;
    return buffer;
  }

  /**
   * The buffer behind a handle.
   *
   * @throws {TypeError} If it belongs to another device or was freed.
   */
  resolve(buffer: DeviceBuffer): WebGPUBuffer {
    if (!(buffer instanceof WebGPUBuffer)) throw new TypeError("the buffer belongs to another device");
    if (buffer.freed) throw new TypeError(`the buffer of ${buffer.bytes} bytes was freed`);
    if (!this.#live.has(buffer) && !this.#temporaries.has(buffer)) {
      throw new TypeError("the buffer belongs to another device");
    }
    return buffer;
  }

  /** Gives a buffer back. Work that was submitted before still sees it: queue operations keep their order. */
  free(handle: DeviceBuffer): void {
    if (this.#cleared) return;
    const buffer = this.resolve(handle);
    buffer.freed = true;
    this.#live.delete(buffer);
    this.#temporaries.delete(buffer);
    this.#bytes -= buffer.bytes;
    if (this.#reuses) this.#storage.give(buffer);
    else buffer.gpu.destroy();
  }

  /** Ends the reuse of buffers: after an error, one of them may be no valid buffer. */
  stopReuse(): void {
    this.#reuses = false;
    this.#storage.clear();
  }

  /**
   * Buffers for temporaries, all or none.
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
      `${
        mebibytes(all)
      } were asked for the temporaries of a program; the GPU has no room for them besides the ` +
        `${mebibytes(this.#bytes)} in use (${exhausted.message})`,
    );
  }

  /** A buffer of uniforms with the given contents. */
  uniforms(data: Uint32Array): GPUBuffer {
    const buffer = this.#device.createBuffer({
      size: data.byteLength,
      usage: USAGE.uniform | USAGE.copyDestination,
    });
    this.write(buffer, data);
    this.#uniforms.add(buffer);
    return buffer;
  }

  /** Copies bytes to the start of a buffer, in the order of submits; shared memory is copied first. */
  write(target: GPUBuffer, { buffer, byteOffset, byteLength }: ArrayBufferView): void {
    const bytes = buffer instanceof ArrayBuffer
      ? new Uint8Array(buffer, byteOffset, byteLength)
      : Uint8Array.from(new Uint8Array(buffer, byteOffset, byteLength));
    this.#device.queue.writeBuffer(target, 0, bytes);
  }

  /** Destroys a buffer of uniforms. */
  freeUniforms(buffer: GPUBuffer): void {
    this.#uniforms.delete(buffer);
    buffer.destroy();
  }

  /**
   * The first bytes of a buffer, after all work that was submitted before.
   *
   * @param source Buffer.
   * @param bytes A multiple of four, more than 0.
   */
  async read(source: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
    const staging = this.#staging.take(stagingBytes(bytes));
    try {
      const encoder = this.#device.createCommandEncoder();
      encoder.copyBufferToBuffer(source, 0, staging.gpu, 0, bytes);
      this.#device.queue.submit([encoder.finish()]);
      await staging.gpu.mapAsync(USAGE.mapRead, 0, bytes);
      const copy = staging.gpu.getMappedRange(0, bytes).slice(0);
      staging.gpu.unmap();
      this.#staging.give(staging);
      return copy;
    } catch (error) {
      staging.gpu.destroy();
      throw error;
    }
  }

  /** Destroys everything, for good. */
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
  }
}
