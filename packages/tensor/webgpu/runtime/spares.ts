/**
 * Freed GPU buffers that wait for their next use.
 * @module
 */

/** A GPU buffer and the number that identifies it among the buffers of its {@link Spares}, from 0 in order of creation. */
export interface NumberedBuffer {
  readonly gpu: GPUBuffer;
  readonly serial: number;
}

/** Creates buffers of one usage, and reuses freed ones of the same size. */
export class Spares {
  readonly #device: GPUDevice;
  readonly #usage: number;
  readonly #limit: number;
  /** The one freed longest ago comes first. */
  readonly #spare: NumberedBuffer[] = [];
  #bytes = 0;
  #created = 0;

  /** @param device Device. @param usage Bits of `GPUBufferUsage`. @param limit Most bytes of freed buffers. */
  constructor(device: GPUDevice, usage: number, limit: number) {
    this.#device = device;
    this.#usage = usage;
    this.#limit = limit;
  }

  /**
   * Takes a buffer of exactly so many bytes: of the freed ones that with the lowest serial, whatever the order in which
   * they were freed. A program that allocates and frees the same sizes in every run so gets the same buffers in every run,
   * and can reuse its bind groups.
   */
  take(bytes: number): NumberedBuffer {
    let found = -1;
    this.#spare.forEach(({ gpu, serial }, i) => {
      if (gpu.size === bytes && (found < 0 || serial < this.#spare[found]!.serial)) found = i;
    });
    if (found < 0) {
      const gpu = this.#device.createBuffer({ size: bytes, usage: this.#usage });
      return { gpu, serial: this.#created++ };
    }
    this.#bytes -= bytes;
    return this.#spare.splice(found, 1)[0]!;
  }

  /** Takes back a buffer. Beyond the limit, those freed longest ago are destroyed. */
  give(buffer: NumberedBuffer): void {
    this.#spare.push(buffer);
    this.#bytes += buffer.gpu.size;
    while (this.#bytes > this.#limit) {
      const { gpu } = this.#spare.shift()!;
      this.#bytes -= gpu.size;
      gpu.destroy();
    }
  }

  /** Destroys all freed buffers. */
  clear(): void {
    for (const { gpu } of this.#spare) gpu.destroy();
    this.#spare.length = 0;
    this.#bytes = 0;
  }
}
