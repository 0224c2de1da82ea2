/**
 * When tests of a device may be skipped.
 * When tests of a device are skipped.
 */
import { NoAdapterError } from "./adapter.ts";

/**
 * Returns why tests of a device are skipped. They are only skipped if there is no adapter, and not even then if the
 * environment variable `GASP_REQUIRE_DEVICES` names the device (`webgpu`, or several separated by commas).
 *
 * @param kind Kind of the device.
 * @param error What opening it threw.
 * @param required Devices that must be available.
 * @returns The message of the error.
 * @throws The error itself, if the tests must not be skipped.
 */
export function skipReason(
  kind: string,
  error: unknown,
  required: string = Deno.env.get("GASP_REQUIRE_DEVICES") ?? "",
): string {
  if (!(error instanceof NoAdapterError) || required.split(",").includes(kind)) throw error;
  return error.message;
}
