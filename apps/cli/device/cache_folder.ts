/**
 * Location of caches.
 * @module
 */

/** Returns GASP's folder in the user's cache folder, or one in the working directory if there is none. */
export function cacheFolder(): string {
  const home = Deno.env.get("XDG_CACHE_HOME") ?? (Deno.env.get("HOME") && `${Deno.env.get("HOME")}/.cache`);
  return home ? `${home}/gasp` : ".cache/gasp";
}
