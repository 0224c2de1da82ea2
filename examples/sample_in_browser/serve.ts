/**
 * Serves a folder to browsers on this machine. Two headers enable shared memory, and so WebAssembly threads.
 *
 *     deno run -A examples/sample_in_browser/serve.ts FOLDER [PORT]
 *
 * @module
 */
const [folder = ".", port = "8000"] = Deno.args;

const TYPES: Readonly<Record<string, string>> = { html: "text/html", js: "text/javascript" };
const HEADERS = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

Deno.serve({
  hostname: "localhost",
  port: Number(port),
  onListen: ({ port }) => console.log(`http://localhost:${port}/`),
}, async (request) => {
  // Parsing a URL resolves ".." in its path, so nothing outside the folder can be requested.
  const path = decodeURI(new URL(request.url).pathname).replace(/\/$/, "/index.html");
  const type = TYPES[path.split(".").at(-1)!] ?? "application/octet-stream";
  try {
    const file = await Deno.open(folder + path);
    return new Response(file.readable, { headers: { ...HEADERS, "content-type": type } });
  } catch {
    return new Response("not found", { status: 404, headers: HEADERS });
  }
});
