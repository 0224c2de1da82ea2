/**
 * Where the program keeps what it can make again.
 * @module
 */

/** The user's cache folder, else one beside the runs. */
export function cacheFolder(): string {
  const home = Deno.env.get("XDG_CACHE_HOME") ?? (Deno.env.get("HOME") && `${Deno.env.get("HOME")}/.cache`);
  return home ? `${home}/gasp` : ".cache/gasp";
}
