/**
 * Freed buffers that are kept for reuse.
 * @module
 */

/** Buffers of one usage that are kept for reuse, by size. */
export class Spares {
  readonly #device: GPUDevice;
  readonly #usage: number;
  readonly #limit: number;
  readonly #spare: GPUBuffer[] = [];
  #bytes = 0;

  /** @param device Device. @param usage Bits of `GPUBufferUsage`. @param limit Most bytes that are kept. */
  constructor(device: GPUDevice, usage: number, limit: number) {
    this.#device = device;
    this.#usage = usage;
    this.#limit = limit;
  }

  /** A buffer of exactly so many bytes, kept or new. */
  take(bytes: number): GPUBuffer {
    const found = this.#spare.findIndex((buffer) => buffer.size === bytes);
    if (found < 0) return this.#device.createBuffer({ size: bytes, usage: this.#usage });
    this.#bytes -= bytes;
    return this.#spare.splice(found, 1)[0]!;
  }

  /** Keeps a buffer; what is beyond the limit is destroyed. */
  give(buffer: GPUBuffer): void {
    this.#spare.push(buffer);
    this.#bytes += buffer.size;
    while (this.#bytes > this.#limit) {
      const oldest = this.#spare.shift()!;
      this.#bytes -= oldest.size;
      oldest.destroy();
    }
  }

  /** Destroys what is kept. */
  clear(): void {
    for (const buffer of this.#spare) buffer.destroy();
    this.#spare.length = 0;
    this.#bytes = 0;
  }
}
