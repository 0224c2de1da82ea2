/**
 * Messages between a page and a worker: requests with progress and cancellation.
 *
 * @module
 */

/** From the page to a worker. */
export type Request =
  | { readonly type: "call"; readonly id: number; readonly name: string; readonly params: unknown }
  | { readonly type: "cancel"; readonly id: number };

/** What kind of failure: of the user's input, of the program, or a cancellation. */
export type FailureKind = "user" | "internal" | "cancelled";

/** From a worker to the page. */
export type Reply =
  | { readonly type: "progress"; readonly id: number; readonly event: unknown }
  | { readonly type: "result"; readonly id: number; readonly value: unknown }
  | {
    readonly type: "failure";
    readonly id: number;
    readonly kind: FailureKind;
    readonly message: string;
    readonly stack?: string;
  };

/** One end of a connection: a worker, the global scope of a worker, or a port of a message channel. */
export interface Port {
  /** Sends a message; the transferred objects cannot be used afterwards. */
  postMessage(message: unknown, transfer: Transferable[]): void;
  /** Adds a receiver of messages. */
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

/** What a handler may do besides returning a result. */
export interface Call<Progress = never> {
  /** Aborted when the page cancels the call. */
  readonly signal: AbortSignal;
  /** Sends an event to the page. */
  progress(event: Progress): void;
  /** Moves a buffer of the result to the page instead of copying it. */
  transfer(buffer: ArrayBufferLike): void;
}

/** Answers requests of one name. Parameters, events and results are cloned, so they must be plain data. */
export type Handler<Params, Result, Progress = never> = (
  params: Params,
  call: Call<Progress>,
) => Promise<Result> | Result;

/** Handlers by the names of their requests. */
export type HandlerTable = Readonly<Record<string, Handler<never, unknown, never>>>;

/** Parameters of a handler. */
export type ParamsOf<H> = H extends Handler<infer Params, infer _Result, infer _Progress> ? Params : never;
/** Result of a handler. */
export type ResultOf<H> = H extends (...args: never) => infer Result ? Awaited<Result> : never;
/** Progress events of a handler. */
export type ProgressOf<H> = H extends (params: never, call: Call<infer Progress>) => unknown ? Progress
  : never;
