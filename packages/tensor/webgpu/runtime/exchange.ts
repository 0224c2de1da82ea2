/**
 * Exchanges with other ranks: a result is copied to a staging buffer that the host can read, reduced there in place, and
 * written back, while the GPU goes on with what does not wait for it.
 * @module
 */
import type { Communicator } from "../../device/communicator.ts";
import { ELEMENT_BYTES } from "../../ir/dtype.ts";
import type { ExchangeKernel } from "../../ir/kernel.ts";
import type { Memory, WebGPUBuffer } from "./memory.ts";

/** Bit of `GPUMapMode`; the global of that name does not exist in every runtime. */
const MAP_READ = 1;

/** What exchanges need of the device. */
export interface ExchangeHost {
  readonly gpu: GPUDevice;
  readonly memory: Memory;
  /** Awaits work of the GPU; throws the device's error if it is lost meanwhile. */
  settled<T>(work: Promise<T>): Promise<T>;
}

/** Starts the exchanges of a run, in the order in which they are begun. */
export class Exchanges {
  readonly #host: ExchangeHost;
  readonly #communicator: Communicator;
  /** Resolves when the exchange before has called the communicator: ranks match calls by their order. */
  #called: Promise<unknown> = Promise.resolve();

  /** @param host Device. @param communicator The ranks. */
  constructor(host: ExchangeHost, communicator: Communicator) {
    this.#host = host;
    this.#communicator = communicator;
  }

  /**
   * Begins an exchange of what has been submitted.
   *
   * @param kernel The exchange.
   * @param source What this rank contributes.
   * @param target Receives the result; the source itself for a sum in place.
   * @returns Resolves when work that reads the result can be submitted.
   */
  async start(kernel: ExchangeKernel, source: WebGPUBuffer, target: WebGPUBuffer): Promise<void> {
    const { gpu, memory } = this.#host, { queue } = gpu, bytes = ELEMENT_BYTES * kernel.size;
    const staging = memory.acquireStaging(bytes);
    let isCalled = false;
    try {
      const encoder = gpu.createCommandEncoder();
      encoder.copyBufferToBuffer(source.gpu, 0, staging.gpu, 0, bytes);
      queue.submit([encoder.finish()]);
      const mapped = this.#host.settled(staging.gpu.mapAsync(MAP_READ, 0, bytes));
      const turn = Promise.all([mapped, this.#called]);
      const called = turn.then(() => {
        isCalled = true;
        return { result: this.#call(kernel, staging.gpu.getMappedRange(0, bytes)) };
      });
      // A failure is thrown below; what follows it fails on its own
      this.#called = called.catch(() => {});
      queue.writeBuffer(target.gpu, 0, await (await called).result);
      staging.gpu.unmap();
      memory.releaseStaging(staging);
    } catch (error) {
      // What has been called may still write to it
      if (!isCalled) staging.gpu.destroy();
      throw error;
    }
  }

  /** Calls the communicator. @returns The result. */
  async #call({ kind, ranks }: ExchangeKernel, range: ArrayBuffer): Promise<Uint8Array<ArrayBuffer>> {
    const own = new Uint8Array(range);
    if (kind === "allReduce") {
      await this.#communicator.allReduce(new Float32Array(range));
      return own;
    }
    const all = new Uint8Array(ranks * own.length);
    all.set(own, this.#communicator.rank * own.length);
    await this.#communicator.allGatherInPlace(all);
    return all;
  }
}
