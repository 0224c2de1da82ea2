/**
 * A device that records profiles of the programs that other code runs on it.
 * @module
 */
import type { DeviceBuffer, KernelDevice } from "@gasp/tensor";
import type { Executable, Program, ProgramProfile } from "@gasp/tensor/compiler";

/** Forwards to a device, and profiles programs while recording. */
export class Recorder implements KernelDevice {
  readonly #device: KernelDevice;
  #profiles: ProgramProfile[] | undefined;

  /** @param device Device to forward to. */
  constructor(device: KernelDevice) {
    this.#device = device;
  }

  /** Description of the device. */
  get info(): KernelDevice["info"] {
    return this.#device.info;
  }

  /** Number of live buffers of the device. */
  get liveBuffers(): number {
    return this.#device.liveBuffers;
  }

  /** Bytes of the live buffers. */
  get liveBytes(): number {
    return this.#device.liveBytes;
  }

  /**
   * Profiles all programs that an action runs.
   *
   * @param work Action that runs programs.
   * @returns Profiles of all runs, in order.
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
  joinSteps(program: Program): Program {
    return this.#device.joinSteps?.(program) ?? program;
  }

  /** @inheritdoc */
  async prepare(program: Program, temporaryBytes?: number): Promise<Executable> {
    const executable = await this.#device.prepare(program, temporaryBytes);
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
