/**
 * The device, as seen by the programs prepared on it.
 * @module
 */
import type { Traits } from "../program/lower.ts";
import type { Pace } from "../program/pace.ts";
import type { Memory } from "./memory.ts";
import type { Pipelines } from "./pipelines.ts";

/** The device, as seen by its executables. */
export interface Host {
  readonly gpu: GPUDevice;
  readonly memory: Memory;
  readonly pipelines: Pipelines;
  readonly traits: Traits;
  readonly pace: Pace;
  /** Throws errors reported on the device since the last check. */
  check(): void;
  /** Awaits work of the GPU; throws the device's error if it is lost meanwhile. */
  settled<T>(work: Promise<T>): Promise<T>;
  /** Runs work that exchanges values with other ranks; later runs and reads wait for it. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Such work that has begun and not ended, if there is any. */
  turn(): Promise<void> | undefined;
  /**
   * Submits the parts of a run, one by one; resolves when more can be submitted without queueing up work.
   *
   * @param parts Command buffers in order.
   * @param estimate Expected seconds of all parts, by `Pace.estimate`.
   */
  submit(parts: readonly GPUCommandBuffer[], estimate: number): Promise<void>;
}
