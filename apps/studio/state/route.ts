/**
 * The address of the page is the state of the application: `#/view?key=value`. It works on any static host, and a link
 * shows what its sender saw.
 *
 * @module
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";

/** What the address says. */
export interface Route {
  /** Name of the view. */
  readonly view: string;
  /** State of the view and of the application. */
  readonly params: URLSearchParams;
}

/** View without an address. */
export const FIRST_VIEW = "start";
/** Keys that all views share; the others belong to one view and end with it. */
const SHARED = ["model", "device"];
/** Milliseconds without a change after which the address is written; browsers refuse more than a hundred a half-minute. */
const SETTLED = 250;

/**
 * Parses an address.
 *
 * @param hash `#/view?key=value`.
 */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  return { view: path || FIRST_VIEW, params: new URLSearchParams(query) };
}

/**
 * Writes an address, the inverse of {@link parseRoute}.
 *
 * @param route View and state.
 */
export function hashOf({ view, params }: Route): string {
  // Commas and slashes may stand in a fragment, and are easier to read.
  const query = params.toString().replaceAll("%2C", ",").replaceAll("%2F", "/");
  return `#/${view}${query && `?${query}`}`;
}

const current = signal<Route>(parseRoute(globalThis.location?.hash ?? ""));
let timer: ReturnType<typeof setTimeout> | undefined;

/** The current address. */
export const route: ReadonlySignal<Route> = current;

/**
 * Returns the address of a view that keeps the chosen model and device.
 *
 * @param view Name of the view.
 * @param changes Parameters to set.
 */
export function linkTo(view: string, changes: Readonly<Record<string, string>> = {}): string {
  const params = new URLSearchParams();
  for (const key of SHARED) {
    const value = current.value.params.get(key);
    if (value !== null) params.set(key, value);
  }
  for (const [key, value] of Object.entries(changes)) params.set(key, value);
  return hashOf({ view, params });
}

/**
 * Returns one parameter of the address as a signal.
 *
 * @param key Its name.
 * @param fallback Value if it is absent.
 */
export function param(key: string, fallback = ""): ReadonlySignal<string> {
  return computed(() => current.value.params.get(key) ?? fallback);
}

/**
 * Changes parameters of the address. The history gets no entry; the address bar follows shortly after the last change.
 *
 * @param changes Values by name; undefined removes a parameter.
 */
export function setParams(changes: Readonly<Record<string, string | undefined>>): void {
  const { view, params } = current.peek(), next = new URLSearchParams(params);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) next.delete(key);
    else next.set(key, value);
  }
  current.value = { view, params: next };
  clearTimeout(timer);
  timer = setTimeout(() => history.replaceState(null, "", hashOf(current.peek())), SETTLED);
}

/** Follows links, and the buttons of the browser. Call it once. */
export function followAddress(): void {
  addEventListener("hashchange", () => {
    clearTimeout(timer);
    current.value = parseRoute(location.hash);
  });
}
