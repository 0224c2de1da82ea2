/**
 * A pool of GPU buffers: freed buffers are retained for reuse.
 * @module
 */

/**
 * A GPU buffer and its serial number in its {@link BufferPool}, from 0 in order of creation.
 */
export interface PooledBuffer {
  readonly gpu: GPUBuffer;
  readonly serial: number;
}

/** Creates buffers of one usage, and reuses freed ones of the same size. */
export class BufferPool {
  readonly #device: GPUDevice;
  readonly #usage: number;
  readonly #limit: number;
  /** Freed buffers, oldest first. */
  readonly #freed: PooledBuffer[] = [];
  #bytes = 0;
  #created = 0;

  /** @param device Device. @param usage Bits of `GPUBufferUsage`. @param limit Maximum bytes of freed buffers. */
  constructor(device: GPUDevice, usage: number, limit: number) {
    this.#device = device;
    this.#usage = usage;
    this.#limit = limit;
  }

  /**
   * Returns a buffer of exactly this size: the freed one with the lowest serial, regardless of the order in which they
   * were freed, or a new one. So a program that allocates and frees the same sizes in every run gets the same buffers
   * in every run, and can reuse its bind groups.
   */
  acquire(bytes: number): PooledBuffer {
    let found = -1;
    this.#freed.forEach(({ gpu, serial }, i) => {
      if (gpu.size === bytes && (found < 0 || serial < this.#freed[found]!.serial)) found = i;
    });
    if (found < 0) {
      const gpu = this.#device.createBuffer({ size: bytes, usage: this.#usage });
      return { gpu, serial: this.#created++ };
    }
    this.#bytes -= bytes;
    return this.#freed.splice(found, 1)[0]!;
  }

  /** Returns a buffer to the pool. Beyond the limit, the oldest freed buffers are destroyed. */
  release(buffer: PooledBuffer): void {
    this.#freed.push(buffer);
    this.#bytes += buffer.gpu.size;
    while (this.#bytes > this.#limit) {
      const { gpu } = this.#freed.shift()!;
      this.#bytes -= gpu.size;
      gpu.destroy();
    }
  }

  /** Destroys all freed buffers. */
  clear(): void {
    for (const { gpu } of this.#freed) gpu.destroy();
    this.#freed.length = 0;
    this.#bytes = 0;
  }
}
