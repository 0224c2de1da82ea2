/**
 * The device that a command computes on.
 * @module
 */
import { messageOf, UserError } from "@gasp/gasp";
import { type Device, type DeviceName, openDevice } from "@gasp/tensor";
import { cacheFolder } from "./cache_folder.ts";
import type { OptionTable } from "../options/options.ts";
import { fileTuningStore } from "./tuning_store.ts";

/** Options of every command that computes. */
export const DEVICE_OPTIONS = {
  device: {
    kind: "choice",
    choices: ["auto", "webgpu", "wasm", "reference"],
    default: "auto",
    help: "Where to compute; auto takes a hardware GPU if there is one, else wasm",
  },
  threads: {
    kind: "integer",
    min: 1,
    max: 256,
    defaultText: "one for each core",
    help: "Threads of the wasm device",
  },
} satisfies OptionTable;

/** Values of {@link DEVICE_OPTIONS}. */
export interface DeviceChoice {
  /** Its name. */
  readonly device: string;
  /** Threads of the wasm device, if not the default. */
  readonly threads: number | undefined;
}

/**
 * Opens a device for the time of some work.
 *
 * @param choice Which.
 * @param work What to do with it; it is closed afterwards.
 * @throws {UserError} If it cannot be opened.
 */
export async function withDevice<T>(choice: DeviceChoice, work: (device: Device) => Promise<T>): Promise<T> {
  const device = await open(choice);
  try {
    return await work(device);
  } finally {
    await device.close();
  }
}

async function open({ device, threads }: DeviceChoice): Promise<Device> {
  try {
    const webgpu = { tuning: fileTuningStore(`${cacheFolder()}/tuning`) };
    return await openDevice(device as DeviceName, { webgpu, ...(threads !== undefined && { threads }) });
  } catch (error) {
    throw new UserError(`cannot open the device "${device}": ${messageOf(error)}`, error);
  }
}

/**
 * A device in a few words.
 *
 * @param device Any device.
 */
export function describeDevice({ info }: Device): string {
  return `${info.kind} (${info.name})`;
}

/**
 * A device in a few words, and why it is not a GPU where one was looked for.
 *
 * @param target The target that was opened.
 * @param choice How it was chosen.
 */
export function describeChosen(target: Device, { device }: DeviceChoice): string {
  const reason = device === "auto" && target.info.kind === "wasm" ? ", as no hardware GPU was found" : "";
  return describeDevice(target) + reason;
}

/**
 * A number with its noun.
 *
 * @param count How many.
 * @param noun In the singular.
 */
export function countOf(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
