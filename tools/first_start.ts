/**
 * Measures first starts: commands in a clone with an empty Deno cache. Prints the time of each, the size of the cache
 * afterwards and the bytes transferred, in MB of 10^6 bytes. Registries are reached through a counting proxy, so they have
 * to be `https:` like the public ones.
 *
 *     deno task run tools/first_start.ts [CLONE]
 *
 * @module
 */

/** A proxy for `https:` connections that counts bytes sent by servers. */
interface CountingProxy extends Disposable {
  readonly url: string;
  /** Returns the bytes received since the last call. */
  take(): number;
}

function startProxy(): CountingProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let received = 0;
  async function serve(client: Deno.Conn): Promise<void> {
    const [, hostname, port] = /^CONNECT ([^:]+):(\d+) /.exec(await requestHead(client)) ?? [];
    if (hostname === undefined) return client.close();
    const server = await Deno.connect({ hostname, port: Number(port) });
    await client.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\n\r\n"));
    const counter = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        received += chunk.length;
        controller.enqueue(chunk);
      },
    });
    await Promise.all([
      client.readable.pipeTo(server.writable),
      server.readable.pipeThrough(counter).pipeTo(client.writable),
    ]);
  }
  (async () => {
    // Connections fail when a command exits.
    for await (const client of listener) serve(client).catch(() => {});
  })();
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    take() {
      const bytes = received;
      received = 0;
      return bytes;
    },
    [Symbol.dispose]: () => listener.close(),
  };
}

/** Reads the head of a request byte by byte, since the following bytes belong to the tunnelled connection. */
async function requestHead(client: Deno.Conn): Promise<string> {
  const byte = new Uint8Array(1);
  let head = "";
  while (!head.endsWith("\r\n\r\n") && await client.read(byte) !== null) {
    head += String.fromCharCode(byte[0]!);
  }
  return head;
}

async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    bytes += isDirectory ? await bytesIn(path) : (await Deno.stat(path)).size;
  }
  return bytes;
}

/** Runs a task until it exits or has printed a text, and returns the elapsed seconds. */
async function secondsOf(line: string, env: Record<string, string>, until?: RegExp): Promise<number> {
  const started = performance.now();
  const command = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", ...line.split(" ")],
    cwd: clone,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  });
  await using child = command.spawn();
  let printed = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    printed += text;
    if (until?.test(printed)) return (performance.now() - started) / 1000;
  }
  if (!(await child.status).success || until) throw new Error(`deno task ${line} failed: ${printed}`);
  return (performance.now() - started) / 1000;
}

const clone = Deno.args[0] ?? ".";
const folder = await Deno.makeTempDir();
using proxy = startProxy();
try {
  const starts = [
    { line: "train --help" },
    { line: `train --preset tiny --steps 5 --out ${folder}/tiny` },
    { line: `train --out ${folder}/digits`, until: /^step +1\//m },
    { line: `sample ${folder}/tiny` },
    { line: `train --preset tiny --steps 1 --device webgpu --out ${folder}/gpu`, until: /^on webgpu/m },
  ];
  console.log("seconds  MB on disk  MB on the wire  command");
  for (const { line, until } of starts) {
    const cache = await Deno.makeTempDir({ dir: folder });
    const seconds = await secondsOf(line, { DENO_DIR: cache, HTTPS_PROXY: proxy.url }, until);
    const [disk, wire] = [await bytesIn(cache), proxy.take()].map((bytes) => (bytes / 1e6).toFixed(1));
    const what = `deno task ${line.replaceAll(folder, "runs")}`;
    console.log(
      `${seconds.toFixed(1).padStart(7)}  ${disk!.padStart(10)}  ${wire!.padStart(14)}  ${what}` +
        (until ? `, until it prints "${until.source}"` : ""),
    );
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
