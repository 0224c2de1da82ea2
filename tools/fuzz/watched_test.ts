import { assertEquals } from "@std/assert";
import { fuzzUntilFailure } from "./watched.ts";

/** Runs a program in place of the fuzzer. */
async function watch(program: string, seconds = 60) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/tools/fuzz`, { recursive: true });
    await Deno.writeTextFile(`${folder}/deno.lock`, '{ "version": "5" }');
    await Deno.writeTextFile(`${folder}/tools/fuzz/main.ts`, program);
    const { seconds: _, ...ending } = await fuzzUntilFailure(folder, [], { seconds, trialSeconds: 0.5 });
    return ending;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const line = (text: string) => `console.log(${JSON.stringify(text)});`;
const FOREVER = "for (;;);";

Deno.test("fuzzUntilFailure() finds the trial that fails, or that never returns", async () => {
  const begun = line("trial 7, long on wasm");
  assertEquals(await watch(begun + FOREVER), { state: "failed", kind: "no end of long", seed: 7 });
  const failed = begun + line("FAILURE: seed 7, long on wasm: 1 is not 2") + "Deno.exit(1);";
  assertEquals(await watch(failed), { state: "failed", kind: "long", seed: 7 });
});

Deno.test("fuzzUntilFailure() passes if nothing fails until the time is over, and says what is broken", async () => {
  assertEquals(await watch(line("trial 1, long on wasm")), { state: "passed" });
  const trials = 'for (let seed = 1;; seed++) console.log("trial", String(seed) + ", long on wasm");';
  assertEquals(await watch(trials, 1), { state: "passed" });
  const broken = await watch("throw new Error('no device');");
  assertEquals([broken.state, "why" in broken && broken.why.includes("no device")], ["broken", true]);
});
