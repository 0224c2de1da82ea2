/**
 * Descriptions of the machine, and the clock by which its work is measured.
 * @module
 */
import { cpus } from "node:os";
import process from "node:process";
import type { Device } from "@gasp/tensor";
import { describeDevice } from "./device.ts";

/**
 * Describes the machine and the device.
 *
 * @param device Device that is computed on.
 */
export function describeMachine(device: Device): Record<string, string> {
  const processor = processorName();
  return {
    system: `${Deno.build.os} ${Deno.build.arch}`,
    ...(processor !== undefined && { processor }),
    cores: `${navigator.hardwareConcurrency}`,
    deno: Deno.version.deno,
    device: describeDevice(device),
  };
}

/** Name of the processor, if reading it is allowed: it must not ask, since commands run unattended. */
function processorName(): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "cpus" });
  return state === "granted" ? cpus()[0]?.model : undefined;
}

/** A clock and what it measures. */
export interface WorkClock {
  /** Returns seconds since some time. */
  readonly seconds: () => number;
  /** What is measured, for tables. */
  readonly name: string;
}

/**
 * Returns the clock for work on a device: processor time of all threads, or, for a GPU, wall-clock time.
 *
 * @param device Device that is computed on.
 */
export function clockOf({ info }: Device): WorkClock {
  if (info.kind === "webgpu") return { seconds: () => performance.now() / 1000, name: "wall-clock time" };
  const seconds = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  return { seconds, name: "processor time of all threads" };
}
