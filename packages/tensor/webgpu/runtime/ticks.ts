/**
 * How often Dawn's bindings look for news.
 *
 * While a promise of Dawn is pending, its bindings ask in every turn of the event loop, through the global `setImmediate`
 * and with a new native function each time. In a wait of seconds, as when a software adapter compiles, that keeps a
 * processor busy, and in Deno it makes so many native functions that collecting them takes minutes. Here a wait begins
 * with turns as quick as before and goes on with one a millisecond.
 *
 * @module
 */

type Immediate = (callback: (...args: unknown[]) => void, ...args: unknown[]) => unknown;

/**
 * Turns at full speed at the start of a wait: less than a millisecond. With 64, collecting the functions of 2,000 short
 * training steps stopped the process for 24 seconds.
 */
const QUICK_TURNS = 16;

let turnsLeft = QUICK_TURNS;
let isCalm = false;

/** Slows Dawn's turns down in this runtime, from now on. Callbacks that are not native functions are left alone. */
export function calmTicks(): void {
  const scope = globalThis as { setImmediate?: Immediate };
  const original = scope.setImmediate;
  if (isCalm || !original) return;
  isCalm = true;
  scope.setImmediate = (callback, ...args) => {
    if (!isNative(callback) || turnsLeft-- > 0) return original(callback, ...args);
    return setTimeout(callback, 1, ...args);
  };
}

/**
 * Starts a new wait.
 *
 * @param quickTurns Turns at full speed: more where the time of the wait is measured.
 */
export function beginWait(quickTurns: number = QUICK_TURNS): void {
  turnsLeft = quickTurns;
}

function isNative(callback: unknown): boolean {
  return Function.prototype.toString.call(callback).endsWith("{ [native code] }");
}
