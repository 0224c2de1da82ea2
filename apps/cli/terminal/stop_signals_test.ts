/** @module */
import { assertEquals } from "@std/assert";
import type { StopSignal } from "./stop_signals.ts";

/** Longer than the time within which signals count as one. */
const LATER = 500;

/**
 * Sends signals to a program that ends in order when its input is closed, the later ones once it has printed the first;
 * returns how it ends. Nothing depends on how fast the program is.
 */
async function endOf(first: StopSignal, ...later: StopSignal[]): Promise<{ code: number; printed: string }> {
  const module = new URL("./stop_signals.ts", import.meta.url);
  const program = `import { stopOnSignals } from "${module}";
    const stop = stopOnSignals((signal) => console.log(signal));
    console.log("ready");
    for await (const _ of Deno.stdin.readable);
    console.log("in order");
    Deno.exit(stop.exitCode);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", program],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let printed = "";
  const readTo = async (end?: string) => {
    while (end === undefined || !printed.endsWith(end)) {
      const { value, done } = await reader.read();
      if (done) return;
      printed += value;
    }
  };
  await readTo("ready\n");
  child.kill(first);
  await readTo(`${first}\n`);
  for (const signal of later) {
    await new Promise((resolve) => setTimeout(resolve, LATER));
    child.kill(signal);
  }
  // A second Ctrl-C must end it by itself
  if (!later.includes("SIGINT")) await child.stdin.close();
  await readTo();
  const { code } = await child.status;
  await child.stdin.close().catch(() => {});
  return { code, printed };
}

const ignore = Deno.build.os === "windows";

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test({
    name: `stopOnSignals() allows an orderly end after ${signal}`,
    ignore,
    fn: async () => assertEquals(await endOf(signal), { code, printed: `ready\n${signal}\nin order\n` }),
  });
}

Deno.test({
  name: "stopOnSignals() exits immediately for a Ctrl-C after any signal, but for no other signal",
  ignore,
  fn: async () => {
    assertEquals(await endOf("SIGINT", "SIGINT"), { code: 130, printed: "ready\nSIGINT\n" });
    assertEquals(await endOf("SIGTERM", "SIGINT"), { code: 130, printed: "ready\nSIGTERM\n" });
    assertEquals(await endOf("SIGTERM", "SIGTERM"), { code: 143, printed: "ready\nSIGTERM\nin order\n" });
  },
});
