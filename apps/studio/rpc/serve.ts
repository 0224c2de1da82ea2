/**
 * The worker's end of a connection: runs handlers and reports their results.
 *
 * @module
 */
import { UserError } from "@gasp/gasp/sample";
import type { Call, FailureKind, HandlerTable, Port, Reply, Request } from "./protocol.ts";

/**
 * Answers the requests of a page.
 *
 * @param port Connection to the page.
 * @param handlers Handlers by name.
 */
export function serve(port: Port, handlers: HandlerTable): void {
  const running = new Map<number, AbortController>();
  const reply = (message: Reply, transfer: Transferable[] = []) => port.postMessage(message, transfer);
  port.addEventListener("message", ({ data }: MessageEvent<Request>) => {
    if (data.type === "cancel") running.get(data.id)?.abort();
    else void answer(data);
  });

  async function answer({ id, name, params }: Request & { type: "call" }): Promise<void> {
    const controller = new AbortController(), { signal } = controller;
    const moved = new Set<ArrayBuffer>();
    running.set(id, controller);
    const call: Call<unknown> = {
      signal,
      progress: (event) => {
        if (!signal.aborted) reply({ type: "progress", id, event });
      },
      // Shared memory is shared, not moved.
      transfer: (buffer) => buffer instanceof ArrayBuffer && moved.add(buffer),
    };
    try {
      const handler = handlers[name];
      if (handler === undefined) throw new Error(`no handler "${name}" in this worker: add it to its table`);
      const value = await handler(params as never, call);
      signal.throwIfAborted();
      reply({ type: "result", id, value }, [...moved]);
    } catch (error) {
      reply({ type: "failure", id, ...describe(error, signal) });
    } finally {
      running.delete(id);
    }
  }
}

function describe(
  error: unknown,
  signal: AbortSignal,
): { kind: FailureKind; message: string; stack?: string } {
  if (!(error instanceof Error)) return { kind: "internal", message: String(error) };
  const kind = signal.aborted ? "cancelled" : isForUsers(error) ? "user" : "internal";
  return { kind, message: error.message, ...(error.stack !== undefined && { stack: error.stack }) };
}

/** Errors of the packages whose message is written for users; subclasses of other bundles are known by name. */
function isForUsers(error: Error): boolean {
  return error instanceof UserError ||
    /^(?:UserError|DataError|FileFormatError|MemoryError)$/.test(error.name);
}
