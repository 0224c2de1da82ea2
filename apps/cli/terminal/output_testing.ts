/**
 * What a test's work prints.
 * @module
 */
import { stderr, stdout } from "./output.ts";

/**
 * Collects what is printed on both streams, in order, instead of printing it.
 *
 * @param work What prints.
 * @returns The text without its last line break.
 */
export async function printedBy(work: () => unknown): Promise<string> {
  let text = "";
  const streams = [stdout, stderr], original = streams.map(({ write }) => write);
  for (const stream of streams) stream.write = (part) => void (text += part);
  try {
    await work();
  } finally {
    streams.forEach((stream, i) => stream.write = original[i]!);
  }
  return text.replace(/\n$/, "");
}
