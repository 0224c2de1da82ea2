/**
 * A device that runs programs with the slow evaluator of the kernel IR, to test the compiler alone.
 * @module
 */
import type { DeviceBuffer, DeviceInfo, Executable, KernelDevice } from "../device/device.ts";
import { runProgram } from "../ir/evaluate.ts";
import type { Program } from "../ir/kernel.ts";

interface HostBuffer extends DeviceBuffer {
  readonly memory: Uint8Array<ArrayBuffer>;
}

/** Runs kernels in plain TypeScript, with f32 rounding. */
export class OracleDevice implements KernelDevice {
  readonly info: DeviceInfo = {
    kind: "wasm",
    name: "evaluator of the kernel IR",
    hardware: false,
    maxBufferBytes: 2 ** 30,
    maxMemoryBytes: 2 ** 31,
    maxKernelBuffers: 8,
    threads: 1,
  };
  /** The last prepared program. */
  program: Program | undefined;
  readonly #live = new Set<DeviceBuffer>();

  /** @inheritdoc */
  get liveBuffers(): number {
    return this.#live.size;
  }

  /** @inheritdoc */
  get liveBytes(): number {
    return [...this.#live].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** @inheritdoc */
  allocate(bytes: number): HostBuffer {
    const buffer = { bytes, memory: new Uint8Array(bytes) };
    this.#live.add(buffer);
    return buffer;
  }

  /** @inheritdoc */
  free(buffer: DeviceBuffer): void {
    if (!this.#live.delete(buffer)) throw new Error("the buffer has been freed already");
  }

  /** @inheritdoc */
  write(buffer: DeviceBuffer, data: ArrayBufferView): void {
    this.#memory(buffer).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }

  /** @inheritdoc */
  read(buffer: DeviceBuffer, bytes: number): Promise<ArrayBuffer> {
    return Promise.resolve(this.#memory(buffer).slice(0, bytes).buffer);
  }

  /** @inheritdoc */
  prepare(program: Program): Promise<Executable> {
    this.program = program;
    return Promise.resolve({
      temporaryBytes: 0,
      run: (external) => Promise.resolve(runProgram(program, external.map((buffer) => this.#memory(buffer)))),
      release: () => {},
    });
  }

  /** @inheritdoc */
  close(): Promise<void> {
    return Promise.resolve();
  }

  /** @inheritdoc */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #memory(buffer: DeviceBuffer): Uint8Array<ArrayBuffer> {
    if (!this.#live.has(buffer)) throw new Error("the buffer has been freed");
    return (buffer as HostBuffer).memory;
  }
}
