/**
 * The part of the gate that keeps `deno.lock` free of addresses. Written where npm packages come from a mirror, the file
 * names the mirror's host, and everyone else would then download from there.
 *
 * Run it alone with `deno run --allow-read tools/lockfile.ts`.
 *
 * @module
 */

/**
 * Finds addresses in a lock file.
 *
 * @param text The text of `deno.lock`.
 * @returns A line for each, with its line number.
 */
export function addresses(text: string): string[] {
  return text.split("\n").flatMap((line, i) => {
    const address = /\w+:\/\/[^"]*|"(?:\/|[A-Za-z]:\\)[^"]*/.exec(line)?.[0];
    return address === undefined ? [] : [`deno.lock:${i + 1}: names ${address}`];
  });
}

if (import.meta.main) {
  const problems = addresses(await Deno.readTextFile("deno.lock"));
  for (const problem of problems) console.log(problem);
  if (problems.length > 0) {
    console.log(`remove the "tarball" lines: without them each machine asks its own registry`);
  }
  Deno.exit(problems.length > 0 ? 1 : 0);
}
