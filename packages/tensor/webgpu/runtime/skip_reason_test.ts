/**
 * When tests of a device may be skipped.
 * @module
 */
import { NoAdapterError } from "./adapter.ts";

/**
 * Whether tests must not be skipped for want of something: CI sets the environment variable `GASP_REQUIRE_DEVICES` to what
 * it has installed, separated by commas (`webgpu`, `chromium`, `node`).
 *
 * @param name What may be missing.
 * @param required Value of the variable.
 */
export function isRequired(
  name: string,
  required: string = Deno.env.get("GASP_REQUIRE_DEVICES") ?? "",
): boolean {
  return required.split(",").includes(name);
}

/**
 * Why tests of a device are skipped. They are only where there is no adapter, and not even there if the device is required.
 *
 * @param kind Kind of the device.
 * @param error What opening it threw.
 * @param required Devices that must be there.
 * @returns The message of the error.
 * @throws The error itself, where the tests must not be skipped.
 */
export function skipReason(
  kind: string,
  error: unknown,
  required?: string,
): string {
  if (!(error instanceof NoAdapterError) || isRequired(kind, required)) throw error;
  return error.message;
}
