/**
 * An allocator of blocks in one WebAssembly memory.
 * @module
 */
import { showBytes } from "../../memory/show_bytes.ts";

import { DeviceMemoryError } from "../../device/device_memory_error.ts";

/** Alignment of blocks, in bytes. */
const ALIGNMENT = 64;
const PAGE = 65536;
/** The last page stays unused, so that one past the end of a block is below 2^32. */
const MAX_PAGES = 65535;
/** The first page stays unused, so that an address slightly before a block does not wrap around. */
const FIRST_ADDRESS = PAGE;
/** Minimum growth of the memory. */
const GROWTH_BYTES = 32 * 1024 * 1024;

interface Block {
  address: number;
  bytes: number;
}

/** A WebAssembly memory with a best-fit allocator that coalesces free neighbours. */
export class WasmMemory {
  /** The memory, shared between threads where the runtime allows it. */
  readonly memory: WebAssembly.Memory;
  /** Whether it is shared with workers. */
  readonly shared: boolean;
  /** Declared maximum of the memory, in pages. */
  readonly maximumPages: number;
  /** Maximum size, in bytes. */
  readonly limitBytes: number;
  /** Free blocks by address. */
  readonly #free: Block[] = [];
  readonly #used = new Map<number, number>();
  #usedBytes = 0;
  #end = FIRST_ADDRESS;

  /**
   * Reserves address space; memory is committed as it is needed.
   *
   * @param shared Whether to share it with workers.
   * @param limitBytes Maximum size; at most, and by default, nearly 4 GiB.
   */
  constructor(shared: boolean, limitBytes: number = MAX_PAGES * PAGE) {
    this.shared = shared;
    const wanted = Math.min(MAX_PAGES, Math.max(2, Math.ceil(limitBytes / PAGE)));
    const { memory, pages } = reserve(shared, wanted);
    this.memory = memory;
    this.maximumPages = pages;
    this.limitBytes = Math.min(limitBytes, pages * PAGE);
  }

  /** Total size of the allocated blocks. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /**
   * Allocates a block.
   *
   * @param bytes Size.
   * @returns Its address, a multiple of 64.
   * @throws {DeviceMemoryError} If it does not fit.
   */
  allocate(bytes: number): number {
    if (!Number.isSafeInteger(bytes) || bytes < 0) throw new RangeError(`cannot allocate ${bytes} bytes`);
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    const address = this.#takeFree(size) ?? this.#extend(size);
    this.#used.set(address, size);
    this.#usedBytes += size;
    return address;
  }

  /**
   * Frees a block.
   *
   * @param address Address of the block.
   * @throws {RangeError} If there is no such block.
   */
  release(address: number): void {
    const bytes = this.#used.get(address);
    if (bytes === undefined) {
      throw new RangeError(`no block at address ${address}: it may have been freed already`);
    }
    this.#used.delete(address);
    this.#usedBytes -= bytes;
    let index = this.#free.findIndex((block) => block.address > address);
    if (index < 0) index = this.#free.length;
    this.#free.splice(index, 0, { address, bytes });
    this.#coalesce(index);
    if (index > 0) this.#coalesce(index - 1);
    const last = this.#free.at(-1);
    if (last && last.address + last.bytes === this.#end) {
      this.#end = last.address;
      this.#free.pop();
    }
  }

  /** Returns a view of the words of a block. */
  words(address: number, count: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, count);
  }

  /** Returns a view of the bytes of a block. */
  bytes(address: number, count: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, count);
  }

  #takeFree(size: number): number | undefined {
    let best = -1, smallest = Infinity;
    this.#free.forEach(({ bytes }, index) => {
      if (bytes >= size && bytes < smallest) {
        smallest = bytes;
        best = index;
      }
    });
    const block = this.#free[best];
    if (!block) return undefined;
    const { address } = block;
    if (block.bytes === size) this.#free.splice(best, 1);
    else {
      block.address += size;
      block.bytes -= size;
    }
    return address;
  }

  /** Allocates a block at the end, growing the memory as needed. */
  #extend(size: number): number {
    const address = this.#end, needed = address + size;
    const have = this.memory.buffer.byteLength;
    if (needed > this.limitBytes) throw this.#outOfMemory(size);
    if (needed > have) {
      const most = Math.floor(this.limitBytes / PAGE), now = have / PAGE;
      const least = Math.ceil(needed / PAGE);
      const good = Math.min(most, Math.max(least, now + Math.max(GROWTH_BYTES / PAGE, now >>> 3)));
      if (!this.#grow(Math.max(good, least) - now) && !this.#grow(least - now)) throw this.#outOfMemory(size);
    }
    this.#end = needed;
    return address;
  }

  #grow(pages: number): boolean {
    try {
      this.memory.grow(pages);
      return true;
    } catch {
      return false;
    }
  }

  #outOfMemory(size: number): DeviceMemoryError {
    const left = Math.max(0, this.limitBytes - this.#usedBytes);
    return new DeviceMemoryError(
      `the wasm device cannot allocate ${showBytes(size)}: ${showBytes(this.#usedBytes)} of ` +
        `${showBytes(this.limitBytes)} are in use, ${showBytes(left)} are free (possibly fragmented)`,
    );
  }

  /** Merges a free block with the next one if they are adjacent. */
  #coalesce(index: number): void {
    const block = this.#free[index], next = this.#free[index + 1];
    if (!block || !next || block.address + block.bytes !== next.address) return;
    block.bytes += next.bytes;
    this.#free.splice(index + 1, 1);
  }
}

/** Creates a memory; where address space is scarce (phones), with a smaller maximum. */
function reserve(shared: boolean, wanted: number): { memory: WebAssembly.Memory; pages: number } {
  let pages = wanted, failure: unknown;
  for (let attempt = 0; attempt < 4; attempt++) {
    try {
      return { memory: new WebAssembly.Memory({ initial: 1, maximum: pages, shared }), pages };
    } catch (error) {
      failure = error;
      pages = Math.max(2, pages >>> 1);
    }
  }
  throw new Error(
    `cannot reserve WebAssembly memory: ${failure instanceof Error ? failure.message : failure}`,
  );
}
