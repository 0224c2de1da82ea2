import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseOptions } from "./options.ts";
import { serveStudio } from "./serve.ts";

/** Serves a page and one run, and asks for a path. */
async function served(use: (ask: (path: string, init?: RequestInit) => Promise<Response>) => Promise<void>) {
  const runs = await Deno.makeTempDir();
  await Deno.mkdir(`${runs}/one/checkpoints`, { recursive: true });
  await Deno.mkdir(`${runs}/empty`);
  await Deno.writeTextFile(`${runs}/one/config.json`, '{ "preset": "tiny", "method": "vae" }');
  await Deno.writeTextFile(`${runs}/one/metrics.jsonl`, '{"step":1}\n{"step":2}\n');
  for (const step of [9, 10]) {
    await Deno.writeTextFile(`${runs}/one/checkpoints/step-${step}.safetensors`, `step ${step}`);
  }
  await Deno.writeTextFile(`${runs}/one/private.txt`, "private");
  const site = new Map([["index.html", new TextEncoder().encode("page")]]);
  const server = serveStudio({ site, runs, port: 0 });
  try {
    await use((path, init) => fetch(server.url.replace("localhost", "127.0.0.1") + path, init));
  } finally {
    await server.stop();
    await Deno.remove(runs, { recursive: true });
  }
}

const ask = async (answer: Promise<Response>) => {
  const { status } = await answer;
  return [status, await (await answer).text()] as const;
};

Deno.test("serveStudio() serves the page with the headers for shared memory", () =>
  served(async (get) => {
    const page = await get("");
    assertEquals(await page.text(), "page");
    assertEquals(page.headers.get("cross-origin-opener-policy"), "same-origin");
    assertEquals(page.headers.get("cross-origin-embedder-policy"), "require-corp");
    assertEquals((await ask(get("other.js")))[0], 404);
  }));

Deno.test("serveStudio() lists runs with a checkpoint, and whether one is trained", () =>
  served(async (get) => {
    const run = { name: "one", preset: "tiny", method: "vae", step: 10, live: false };
    assertEquals(JSON.parse((await ask(get("api/runs")))[1]), [run]);
    assertEquals(await ask(get("api/runs/one/model")), [200, "step 10"]);
    assertEquals((await ask(get("api/runs/empty/model")))[0], 404);
  }));

Deno.test("serveStudio() serves the rest of a file that grew", () =>
  served(async (get) => {
    const from = (start: number) =>
      get("api/runs/one/metrics.jsonl", { headers: { range: `bytes=${start}-` } });
    assertEquals(await ask(from(11)), [206, '{"step":2}\n']);
    const nothing = await from(22);
    assertEquals([nothing.status, nothing.headers.get("content-range")], [204, "bytes */22"]);
    const missing = await get("api/runs/empty/metrics.jsonl", { headers: { range: "bytes=0-" } });
    assertEquals([missing.status, missing.headers.get("content-range")], [204, "bytes */0"]);
  }));

Deno.test("serveStudio() serves nothing but the files of runs, and changes nothing", () =>
  served(async (get) => {
    const refused = [
      "one/private.txt",
      "one/..%2fone%2fprivate.txt",
      "..%2fone/config.json",
      "one/training.lock",
    ];
    for (const path of refused) assertEquals((await ask(get(`api/runs/${path}`)))[0], 404, path);
    assertEquals((await ask(get("api/runs/one/config.json", { method: "DELETE" })))[0], 405);
    assertEquals((await ask(get("%ff")))[0], 400);
  }));

Deno.test("serveStudio() answers only by a name of this machine", () =>
  served(async (get) => {
    const port = new URL((await get("")).url).port;
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
    const request = `GET /api/runs HTTP/1.1\r\nHost: elsewhere.example:${port}\r\nConnection: close\r\n\r\n`;
    await connection.write(new TextEncoder().encode(request));
    const bytes = new Uint8Array(1000), length = await connection.read(bytes) ?? 0;
    assertStringIncludes(new TextDecoder().decode(bytes.subarray(0, length)), "403");
  }));

Deno.test("parseOptions() reads options and names those it does not know", () => {
  assertEquals(parseOptions([]), { build: undefined, port: 8420, runs: "runs", open: true });
  assertEquals(parseOptions(["--no-open", "--port", "0", "--build=site"]), {
    build: "site",
    port: 0,
    runs: "runs",
    open: false,
  });
  assertEquals(parseOptions(["-h"]), undefined);
  const message = (args: string[]) => {
    try {
      return parseOptions(args);
    } catch (error) {
      return (error as Error).message;
    }
  };
  assertStringIncludes(String(message(["--prot", "1"])), "--prot");
  assertStringIncludes(String(message(["file"])), "file");
  assertStringIncludes(String(message(["--port", "x"])), "--port");
  assertStringIncludes(String(message(["--build"])), "--build");
});
