/**
 * A device that can note how long the programs of other code take, without that code knowing.
 * @module
 */
import type { DeviceBuffer, KernelDevice } from "@gasp/tensor";
import type { Executable, Program, ProgramProfile } from "@gasp/tensor/compiler";

/** Stands in front of a device and passes everything on. */
export class Recorder implements KernelDevice {
  readonly #device: KernelDevice;
  #profiles: ProgramProfile[] | undefined;

  /** @param device What does the work. */
  constructor(device: KernelDevice) {
    this.#device = device;
  }

  /** What the device says of itself. */
  get info(): KernelDevice["info"] {
    return this.#device.info;
  }

  /** Buffers of the device that are alive. */
  get liveBuffers(): number {
    return this.#device.liveBuffers;
  }

  /** Their bytes. */
  get liveBytes(): number {
    return this.#device.liveBytes;
  }

  /**
   * Profiles the programs that run during some work.
   *
   * @param work Runs programs.
   * @returns One profile for each run, in order.
   */
  async record(work: () => Promise<void>): Promise<readonly ProgramProfile[]> {
    const profiles: ProgramProfile[] = this.#profiles = [];
    try {
      await work();
    } finally {
      this.#profiles = undefined;
    }
    return profiles;
  }

  /** @inheritdoc */
  allocate(bytes: number): DeviceBuffer {
    return this.#device.allocate(bytes);
  }

  /** @inheritdoc */
  free(buffer: DeviceBuffer): void {
    this.#device.free(buffer);
  }

  /** @inheritdoc */
  write(buffer: DeviceBuffer, data: ArrayBufferView): void {
    this.#device.write(buffer, data);
  }

  /** @inheritdoc */
  read(buffer: DeviceBuffer, bytes: number): Promise<ArrayBuffer> {
    return this.#device.read(buffer, bytes);
  }

  /** @inheritdoc */
  async prepare(program: Program): Promise<Executable> {
    const executable = await this.#device.prepare(program);
    return {
      temporaryBytes: executable.temporaryBytes,
      run: async (external) => {
        const profiles = this.#profiles;
        if (!profiles || !executable.profile) return await executable.run(external);
        profiles.push(await executable.profile(external));
      },
      release: () => executable.release(),
    };
  }

  /** @inheritdoc */
  close(): Promise<void> {
    return this.#device.close();
  }

  /** @inheritdoc */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
