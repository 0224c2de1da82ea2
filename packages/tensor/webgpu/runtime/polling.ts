/**
 * Throttles the polling of Dawn's bindings.
 *
 * While a promise of Dawn is pending, its bindings poll in every turn of the event loop, through the global
 * `setImmediate` and with a new native function each time. In a wait of seconds, as when a software adapter compiles,
 * this keeps a CPU busy, and in Deno it creates so many native functions that collecting them takes minutes. With this
 * module, a wait begins with fast polls and continues with one per millisecond.
 *
 * @module
 */

type Immediate = (callback: (...args: unknown[]) => void, ...args: unknown[]) => unknown;

/**
 * Fast polls at the start of a wait: less than a millisecond. With 64, collecting the functions of 2,000 short training
 * steps stopped the process for 24 seconds.
 */
const FAST_POLLS = 16;

let pollsLeft = FAST_POLLS;
let isThrottled = false;

/** Throttles Dawn's polling in this runtime. Callbacks that are not native functions are unaffected. */
export function throttlePolling(): void {
  const scope = globalThis as { setImmediate?: Immediate };
  const original = scope.setImmediate;
  if (isThrottled || !original) return;
  isThrottled = true;
  scope.setImmediate = (callback, ...args) => {
    if (!isNative(callback) || pollsLeft-- > 0) return original(callback, ...args);
    return setTimeout(callback, 1, ...args);
  };
}

/**
 * Begins a new wait.
 *
 * @param fastPolls Number of fast polls: more if the duration of the wait is measured.
 */
export function beginWait(fastPolls: number = FAST_POLLS): void {
  pollsLeft = fastPolls;
}

function isNative(callback: unknown): boolean {
  return Function.prototype.toString.call(callback).endsWith("{ [native code] }");
}
