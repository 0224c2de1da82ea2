/**
 * The other end of `host.ts`: sends commands, and restarts the process after a crash or a command that does not end.
 * @module
 */
import { LOCKED } from "../../tests/cli.ts";
import { StormFailure } from "./kind.ts";
import { checkEnding, type Ending, residentMemory, SECONDS } from "./program.ts";

const HOST = new URL("host.ts", import.meta.url).pathname;

/** Reads a stream up to the line that ends a command. */
class Lines {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** Returns the output of a command and its exit code; undefined if the process has ended. */
  async next(): Promise<{ text: string; code: number | undefined }> {
    for (;;) {
      const end = /\0(\d+)\n/.exec(this.#text);
      if (end !== null) {
        const text = this.#text.slice(0, end.index);
        this.#text = this.#text.slice(end.index + end[0].length);
        return { text, code: Number(end[1]) };
      }
      const { value, done } = await this.#reader.read();
      if (done) return { text: this.#text, code: undefined };
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }
}

/** A process that runs commands one after another. */
export class CommandHost {
  #child: Deno.ChildProcess | undefined;
  #input: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #output: readonly Lines[] = [];

  /**
   * Runs a command and checks its ending.
   *
   * @param args Arguments; paths are absolute.
   * @throws {StormFailure} If it does not end in time, or violates an invariant.
   */
  async run(args: readonly string[]): Promise<Ending> {
    const child = this.#start(), began = performance.now();
    let isLate = false;
    const limit = setTimeout(() => {
      isLate = true;
      child.kill("SIGKILL");
    }, 1000 * SECONDS);
    try {
      await this.#input!.write(new TextEncoder().encode(`${JSON.stringify(args)}\n`)).catch(() => {});
      const [stdout, stderr] = await Promise.all(this.#output.map((lines) => lines.next()));
      const memory = residentMemory(child.pid), seconds = (performance.now() - began) / 1000;
      const code = stdout!.code ?? stderr!.code;
      const output = { stdout: stdout!.text, stderr: stderr!.text, memory, seconds };
      if (code === undefined || stdout!.code === undefined) {
        const { signal, code } = await child.status;
        if (isLate) throw new StormFailure(`no end within ${SECONDS} s: ${args.join(" ")}`);
        throw new StormFailure(
          `the process ended (${signal ?? code}): ${args.join(" ")}: ${output.stderr.slice(-400)}`,
        );
      }
      const ending: Ending = { code, signal: null, ...output };
      checkEnding(ending);
      return ending;
    } catch (error) {
      // Its peak of memory would be that of all later commands
      await this.close();
      throw error;
    } finally {
      clearTimeout(limit);
    }
  }

  /** Ends the process. */
  async close(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended
    }
    await child.status;
  }

  #start(): Deno.ChildProcess {
    if (this.#child !== undefined) return this.#child;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", ...LOCKED, HOST],
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = child.stdin.getWriter();
    this.#output = [new Lines(child.stdout), new Lines(child.stderr)];
    this.#child = child;
    return child;
  }
}
