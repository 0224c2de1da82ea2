/**
 * What a test prints.
 * @module
 */
import { type OutputStream, stderr, stdout } from "./output.ts";

/** Text that was printed, in order, without its last line break. */
export interface Printed extends Disposable {
  /** All of it so far. */
  readonly text: string;
}

/**
 * Collects what is printed, instead of printing it, until it is disposed of.
 *
 * @param streams Where it is printed.
 */
export function collectPrinted(streams: readonly OutputStream[] = [stdout, stderr]): Printed {
  let text = "";
  const original = streams.map(({ write }) => write);
  for (const stream of streams) stream.write = (part) => void (text += part);
  return {
    get text() {
      return text.replace(/\n$/, "");
    },
    [Symbol.dispose]: () => streams.forEach((stream, i) => stream.write = original[i]!),
  };
}
