/**
 * Capture of printed output in tests.
 * @module
 */
import { type OutputStream, stderr, stdout } from "./output.ts";

/** Captured output. */
export interface Printed extends Disposable {
  /** The text so far, without its last line break. */
  readonly text: string;
}

/**
 * Captures printed output instead of printing it, until disposed.
 *
 * @param streams Streams to capture.
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
