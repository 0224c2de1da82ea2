/**
 * Serves a folder to a browser on this machine, with headers of choice.
 * @module
 */

const TYPES: Readonly<Record<string, string>> = { html: "text/html", js: "text/javascript" };

/** A server that runs. */
export interface FolderServer extends AsyncDisposable {
  /** Address of the folder. */
  readonly url: string;
}

/**
 * Starts the server on a free port of this machine.
 *
 * @param folder Folder; a path that ends with `/` is its `index.html`.
 * @param headers Headers of every answer.
 */
export function serveFolder(folder: string, headers: Readonly<Record<string, string>>): FolderServer {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async ({ url }) => {
    const path = new URL(url).pathname.replace(/\/$/, "/index.html");
    const type = TYPES[path.split(".").at(-1)!] ?? "application/octet-stream";
    try {
      const { readable } = await Deno.open(folder + path);
      return new Response(readable, { headers: { ...headers, "content-type": type } });
    } catch {
      return new Response("not found", { status: 404, headers });
    }
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
