/**
 * The device that a command computes on.
 * @module
 */
import { messageOf, UserError } from "@gasp/gasp";
import { type Device, type DeviceName, NumberError, openDevice } from "@gasp/tensor";
import { cacheFolder } from "./cache_folder.ts";
import type { OptionTable } from "../options/options.ts";
import { withoutNotices } from "./native_notices.ts";
import { fileTuningStore } from "./tuning_store.ts";

/** Options of all commands that use a device. */
export const DEVICE_OPTIONS = {
  device: {
    kind: "choice",
    choices: ["auto", "webgpu", "wasm", "reference"],
    default: "auto",
    defaultText: "auto, a hardware GPU if available, otherwise wasm",
    help: "Device to compute on",
  },
  threads: {
    kind: "integer",
    min: 1,
    max: 256,
    defaultText: "one per core",
    help: "Number of threads of the wasm device",
  },
  "check-numbers": {
    kind: "flag",
    help: "Debugging, slow: stop at the first operation that produces a NaN or an infinity, and name it",
  },
} satisfies OptionTable;

/** Values of {@link DEVICE_OPTIONS}. */
export interface DeviceChoice {
  /** Name of the device. */
  readonly device: string;
  /** Number of threads of the wasm device; undefined: default. */
  readonly threads: number | undefined;
  /** Whether to stop at the first operation that produces a NaN or an infinity. */
  readonly "check-numbers"?: boolean;
  /** Number of this process among those of the machine, which take its GPUs in turn. Default: the preferred GPU. */
  readonly turn?: number;
}

/**
 * Opens a device, passes it to a function, and closes it.
 *
 * @param choice Device to open.
 * @param work Uses the device.
 * @throws {UserError} If it cannot be opened, or `check-numbers` found a NaN or an infinity.
 */
export async function withDevice<T>(choice: DeviceChoice, work: (device: Device) => Promise<T>): Promise<T> {
  const device = await open(choice);
  try {
    return await work(device);
  } catch (error) {
    throw error instanceof NumberError ? new UserError(`--check-numbers: ${error.message}`, error) : error;
  } finally {
    await device.close();
  }
}

async function open(choice: DeviceChoice): Promise<Device> {
  const { device, threads, "check-numbers": checkNumbers = false, turn } = choice;
  try {
    const tuning = fileTuningStore(`${cacheFolder()}/tuning`);
    const webgpu = { tuning, ...(turn !== undefined && { turn }) };
    const options = { webgpu, checkNumbers, ...(threads !== undefined && { threads }) };
    const opening = () => openDevice(device as DeviceName, options);
    return await (device === "webgpu" || device === "auto" ? withoutNotices(opening) : opening());
  } catch (error) {
    throw new UserError(`cannot open the device "${device}": ${messageOf(error)}`, error);
  }
}

/**
 * Describes a device.
 *
 * @param device Device.
 */
export function describeDevice({ info }: Device): string {
  const note = "note" in info && info.note !== undefined ? `; ${info.note}` : "";
  return `${info.kind} (${info.name}${note})`;
}

/**
 * Describes a device, and why it is not a GPU if it was selected automatically.
 *
 * @param target Opened device.
 * @param choice How it was chosen.
 */
export function describeChosen(target: Device, { device }: DeviceChoice): string {
  const reason = device === "auto" && target.info.kind === "wasm" ? ", as no hardware GPU was found" : "";
  return describeDevice(target) + reason;
}

/**
 * Formats a count with its noun.
 *
 * @param count Number.
 * @param noun Noun in the singular.
 */
export function countOf(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
