/**
 * Serves the page and the runs of this machine to browsers on this machine.
 *
 * @module
 */
import { fileOfRun, listRuns } from "./runs.ts";

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json",
  jsonl: "application/x-ndjson",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain; charset=utf-8",
  woff2: "font/woff2",
};

/** Headers of every answer: the first three enable shared memory, and so WebAssembly threads. */
const HEADERS: Readonly<Record<string, string>> = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  // After each start the files may be others.
  "cache-control": "no-cache",
};

/** The names of this machine in addresses of the page. Others could be names of a foreign site that point here. */
const LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"];

/** Options of {@link serveStudio}. */
export interface ServeOptions {
  /** Files of the page by path. */
  readonly site: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** Folder of all runs. */
  readonly runs: string;
  /** Port; 0 for a free one. */
  readonly port: number;
}

/** A running server. */
export interface StudioServer {
  /** Address of the page. */
  readonly url: string;
  /** Resolves when the server has stopped. */
  readonly finished: Promise<void>;
  /** Stops it. */
  stop(): Promise<void>;
}

/**
 * Starts the server.
 *
 * @param options Page, runs and port.
 * @throws {Deno.errors.AddrInUse} If the port is taken.
 */
export function serveStudio({ site, runs, port }: ServeOptions): StudioServer {
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, async (request) => {
    const url = new URL(request.url);
    if (!LOCAL_HOSTS.includes(url.hostname)) return answer(403, "open the studio by the address it prints");
    if (request.method !== "GET" && request.method !== "HEAD") return answer(405, "read only");
    const path = decoded(url.pathname);
    if (path === undefined) return answer(400, "bad path");
    if (path.startsWith("/api/runs")) return await answerRuns(path, runs, request);
    const name = path === "/" ? "index.html" : path.slice(1), bytes = site.get(name);
    return bytes ? new Response(bytes, { headers: headersOf(name) }) : answer(404, "not found");
  });
  return {
    url: `http://localhost:${server.addr.port}/`,
    finished: server.finished,
    stop: () => server.shutdown(),
  };
}

async function answerRuns(path: string, runs: string, request: Request): Promise<Response> {
  const [name, ...rest] = path.slice("/api/runs".length).split("/").slice(1);
  if (name === undefined) return Response.json(await listRuns(runs), { headers: HEADERS });
  const file = await fileOfRun(runs, name, rest.join("/"));
  const found = file && await Deno.open(file).catch(() => undefined);
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "")?.[1] ?? NaN);
  if (file && found) return await partOf(found, file, start);
  return file && !Number.isNaN(start) ? nothingAdded(0) : answer(404, "not found");
}

/** Answers with a file from a byte on: a page that follows a run reads only what was added to its metrics. */
async function partOf(file: Deno.FsFile, name: string, start: number): Promise<Response> {
  const { size } = await file.stat();
  if (Number.isNaN(start)) return new Response(file.readable, { headers: headersOf(name) });
  if (start >= size) {
    file.close();
    return nothingAdded(size);
  }
  await file.seek(start, Deno.SeekMode.Start);
  const headers = { ...headersOf(name), "content-range": `bytes ${start}-${size - 1}/${size}` };
  return new Response(file.readable, { status: 206, headers });
}

/** Not 416, which browsers report as an error of the page. @param size Bytes of the file. */
function nothingAdded(size: number): Response {
  return new Response(null, { status: 204, headers: { ...HEADERS, "content-range": `bytes */${size}` } });
}

function headersOf(name: string): Record<string, string> {
  return { ...HEADERS, "content-type": TYPES[name.split(".").at(-1)!] ?? "application/octet-stream" };
}

function answer(status: number, text: string): Response {
  return new Response(text, { status, headers: HEADERS });
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
