/**
 * How much memory a command may take.
 * @module
 */
import process from "node:process";
import v8 from "node:v8";

/** Share of what is free that a command takes at most, so that the machine goes on. */
const SHARE = 0.9;

/**
 * Bytes that may be allocated now. What the system has free is known with `--allow-sys=systemMemoryInfo` only, limits of
 * containers included. Without it, the engine's limit for objects tells how large the machine is: it is a quarter of the
 * machine's memory, and 4 GiB for 16 GiB and more. Twice as much may then be taken in all.
 */
export function freeMemory(): number {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "systemMemoryInfo" });
  if (state === "granted") return SHARE * process.availableMemory();
  return 2 * v8.getHeapStatistics().heap_size_limit - Deno.memoryUsage().rss;
}
