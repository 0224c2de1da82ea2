/**
 * Serves a folder on a local port, with additional headers.
 * @module
 */

const TYPES: Readonly<Record<string, string>> = { html: "text/html", js: "text/javascript" };

/** A running server. */
export interface FolderServer extends AsyncDisposable {
  /** URL of the folder. */
  readonly url: string;
}

/**
 * Starts the server on a free local port.
 *
 * @param folder Folder; a path that ends with `/` refers to its `index.html`.
 * @param headers Headers of every response.
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
