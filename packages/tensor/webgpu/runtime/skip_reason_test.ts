/**
 * Decides whether tests of a device may be skipped.
 * @module
 */
import { NoAdapterError } from "./adapter.ts";

/**
 * Returns whether a dependency of tests is required: CI sets the environment variable `GASP_REQUIRE_DEVICES` to the
 * comma-separated list of those installed (`webgpu`, `chromium`, `node`, `mpi`).
 *
 * @param name Dependency.
 * @param required Value of the variable.
 */
export function isRequired(
  name: string,
  required: string = Deno.env.get("GASP_REQUIRE_DEVICES") ?? "",
): boolean {
  return required.split(",").includes(name);
}

/**
 * Returns the reason for skipping tests of a device: there is no adapter, and the device is not required.
 *
 * @param kind Kind of the device.
 * @param error Error thrown on opening it.
 * @param required Devices that must be available.
 * @returns The message of the error.
 * @throws The error itself, if the tests must not be skipped.
 */
export function skipReason(
  kind: string,
  error: unknown,
  required?: string,
): string {
  if (!(error instanceof NoAdapterError) || isRequired(kind, required)) throw error;
  return error.message;
}
