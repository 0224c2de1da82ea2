/**
 * `deno task studio`: the studio, served locally or written as a static site.
 *
 * @module
 */
import { openBrowser } from "./server/open_browser.ts";
import { HELP, parseOptions, type StudioOptions } from "./server/options.ts";
import { serveStudio, type StudioServer } from "./server/serve.ts";
import { buildSite } from "./server/site.ts";
import { readSite } from "./server/read_site.ts";

/** Serves the page until the program is stopped. */
async function serve({ port, runs, open }: StudioOptions): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gasp-studio-" });
  let site;
  try {
    await buildSite(folder, { hasServer: true });
    site = await readSite(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  const server = start({ site, runs, port });
  console.log(`${server.url}\nServing the studio and the runs in ${runs}/ to this machine; stop with Ctrl+C`);
  if (open && !openBrowser(server.url)) console.log("Open this address in a browser");
  await server.finished;
}

function start(options: Parameters<typeof serveStudio>[0]): StudioServer {
  try {
    return serveStudio(options);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new TypeError(`port ${options.port} is taken, perhaps by another studio: choose one with --port`);
  }
}

/**
 * Runs the program.
 *
 * @param args Its arguments.
 * @returns Exit code.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options === undefined) console.log(HELP);
    else if (options.build === undefined) await serve(options);
    else {
      await buildSite(options.build, { hasServer: false });
      console.log(`wrote ${options.build}: a static site for any web server`);
    }
    return 0;
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    return error instanceof TypeError ? 2 : 1;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
