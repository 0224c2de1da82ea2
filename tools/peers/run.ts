/**
 * Times one case of one library and prints a line of JSON. A separate process, so that libraries do not affect each other.
 *
 *     deno run -A --lock=tools/peers/deno.lock --frozen tools/peers/run.ts SYSTEM CASE DEVICE SECONDS
 *
 * @module
 */
import process from "node:process";
import type { CaseName } from "./cases.ts";

const [system = "", name = "", kind = "", seconds = ""] = Deno.args;
const device = kind === "webgpu" ? "webgpu" : "wasm";
const prepared = system === "gasp"
  ? await (await import("./gasp_cases.ts")).prepareGasp(name as CaseName, device)
  : system === "tfjs"
  ? await (await import("./tfjs_cases.ts")).prepareTfjs(name as CaseName, device)
  : await (await import("./jaxjs_cases.ts")).prepareJaxjs(name as CaseName, device);

let result: ArrayLike<number> = [];
const times: number[] = [];
const start = performance.now();
while (times.length < 4 || performance.now() - start < 1000 * Number(seconds)) {
  const from = performance.now();
  result = await prepared();
  times.push((performance.now() - from) / 1000);
}
times.sort((a, b) => a - b);
const { user, system: kernel } = process.cpuUsage();
console.log(JSON.stringify({
  median: times[times.length >> 1],
  fastest: times[0],
  runs: times.length,
  cpuSeconds: (user + kernel) / 1e6,
  results: Array.from({ length: 8 }, (_, i) => result[Math.floor(i * result.length / 8)]),
}));
// Open devices would keep the process alive.
Deno.exit(0);
