/**
 * Memory available to a command.
 * @module
 */
import process from "node:process";
import v8 from "node:v8";

/** Fraction of the free memory that a command uses at most, so that the machine stays responsive. */
const SHARE = 0.9;

/**
 * Returns the number of bytes that may be allocated now. The system's free memory, including container limits, is known only
 * with `--allow-sys=systemMemoryInfo`. Otherwise it is estimated from V8's heap limit, which is a quarter of the machine's
 * memory, up to 4 GiB: twice the heap limit may then be used in total. (Reading `/proc` would need all permissions.)
 */
export function freeMemory(): number {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "systemMemoryInfo" });
  if (state === "granted") return SHARE * process.availableMemory();
  return 2 * v8.getHeapStatistics().heap_size_limit - Deno.memoryUsage().rss;
}
