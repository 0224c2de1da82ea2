/**
 * Out-of-memory messages in terms of the command line's options.
 * @module
 */
import { describeShortage, type MemoryShortage } from "@gasp/tensor";

/** Options by the library arguments that they set, where the names differ. */
const OPTIONS: Readonly<Record<string, string>> = {
  samples: "resolution",
  memoryLimit: "memory",
  batchSize: "batch",
};

/** Configuration fields without an option. */
const FIELDS: readonly string[] = ["resolution", "sheet.count", "sheet.resolution"];

/** Options that reduce memory use when lowered. */
const LOWERED: readonly string[] = ["resolution", "count", "batch", "frames", "steps", "restarts", "factors"];

/**
 * Returns the message for something that does not fit in memory.
 *
 * @param shortage Needed and available memory, and arguments that would fit.
 * @param options Names of the command's options.
 */
export function shortageMessage(shortage: MemoryShortage, options: readonly string[]): string {
  const remedies = shortage.fitting.flatMap(({ name, value }) => {
    const option = OPTIONS[name] ?? name;
    if (options.includes(option)) {
      return [`--${option} ${option === "memory" ? byteSize(value) : value} would fit`];
    }
    // Fields without an option are set in a configuration file
    return options.includes("config") && FIELDS.includes(name)
      ? [`"${name}": ${value} in a --config file would fit`]
      : [];
  });
  return `${describeShortage(shortage)}: ${remedies.join(", or ") || fallback(options)}`;
}

/**
 * Returns the message for a failed allocation that no estimate had foreseen.
 *
 * @param reason Message of the JavaScript engine.
 * @param options Names of the command's options.
 */
export function allocationMessage(reason: string, options: readonly string[]): string {
  return `there is not enough memory (${reason}): ${fallback(options)}`;
}

function fallback(options: readonly string[]): string {
  const lowered = LOWERED.filter((name) => options.includes(name)).map((name) => `--${name}`);
  return `${lowered.length > 0 ? `lower ${lowered.join(" or ")}` : "use less data"}, or close other programs`;
}

/** Formats a size for `--memory`. */
function byteSize(bytes: number): string {
  return bytes >= 2 ** 20 ? `${Math.ceil(bytes / 2 ** 20)}MiB` : `${Math.ceil(bytes / 2 ** 10)}KiB`;
}
