/**
 * Serves the test page and the bundle: below `/isolated/` with the headers for shared memory, elsewhere without.
 *
 * @module
 */

const PAGE = new URL("page.html", import.meta.url);

/** Headers that browsers require for shared memory. */
const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** A running server. */
export interface PageServer extends AsyncDisposable {
  /**
   * Returns the URL of the page.
   *
   * @param isolated Whether it has shared memory.
   */
  url(isolated: boolean): string;
}

/**
 * Starts the server on a free local port.
 *
 * @param bundle Path of the bundle.
 */
export function servePage(bundle: string): PageServer {
  const file = async (path: string | URL, type: string, headers: HeadersInit) => {
    const { readable } = await Deno.open(path);
    return new Response(readable, { headers: { ...headers, "content-type": type } });
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ url }) => {
    const { pathname } = new URL(url);
    const headers = pathname.startsWith("/isolated/") ? ISOLATION : {};
    if (pathname.endsWith("/smoke.mjs")) return file(bundle, "text/javascript", headers);
    if (pathname.endsWith("/")) return file(PAGE, "text/html", headers);
    return new Response("not found", { status: 404, headers });
  });
  return {
    url: (isolated) => `http://127.0.0.1:${server.addr.port}/${isolated ? "isolated" : "plain"}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
