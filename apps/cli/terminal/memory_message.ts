/**
 * Refusals for want of memory, in the words of the command line.
 * @module
 */
import { describeShortage, type MemoryShortage } from "@gasp/tensor";

/** Options by the arguments that they set, where their names differ. */
const OPTIONS: Readonly<Record<string, string>> = {
  samples: "resolution",
  memoryLimit: "memory",
  batchSize: "batch",
};

/** Fields of a configuration that have no option. */
const FIELDS: readonly string[] = ["resolution", "sheet.count", "sheet.resolution"];

/** Options that make a command need less. */
const LOWERED: readonly string[] = ["resolution", "count", "batch", "frames", "steps", "restarts", "factors"];

/**
 * What a command says of something that does not fit in memory.
 *
 * @param shortage What is needed, what is free, what would fit.
 * @param options Names of the command's options.
 */
export function shortageMessage(shortage: MemoryShortage, options: readonly string[]): string {
  const cures = shortage.fitting.flatMap(({ name, value }) => {
    const option = OPTIONS[name] ?? name;
    if (options.includes(option)) {
      return [`--${option} ${option === "memory" ? byteSize(value) : value} would fit`];
    }
    // A configuration is given in a file.
    return options.includes("config") && FIELDS.includes(name)
      ? [`"${name}": ${value} in a file for --config would fit`]
      : [];
  });
  return `${describeShortage(shortage)}: ${cures.join(", or ") || fallback(options)}`;
}

/**
 * What a command says when the engine itself has found no memory, which no estimate has foreseen.
 *
 * @param reason The engine's words.
 * @param options Names of the command's options.
 */
export function allocationMessage(reason: string, options: readonly string[]): string {
  return `there is not enough memory (${reason}): ${fallback(options)}`;
}

function fallback(options: readonly string[]): string {
  const lowered = LOWERED.filter((name) => options.includes(name)).map((name) => `--${name}`);
  return `${lowered.length > 0 ? `lower ${lowered.join(" or ")}` : "use less data"}, or end other programs`;
}

/** A size as `--memory` takes it. */
function byteSize(bytes: number): string {
  return bytes >= 2 ** 20 ? `${Math.ceil(bytes / 2 ** 20)}MiB` : `${Math.ceil(bytes / 2 ** 10)}KiB`;
}
