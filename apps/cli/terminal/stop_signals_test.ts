/** @module */
import { assertEquals } from "@std/assert";
import type { StopSignal } from "./stop_signals.ts";

/** Longer than the time within which signals count as one. */
const LATER = 500;

/** Sends signals one by one to a program that needs a while to end in order; returns how it ends. */
async function endOf(...signals: StopSignal[]): Promise<{ code: number; printed: string }> {
  const module = new URL("./stop_signals.ts", import.meta.url);
  const program = `import { stopOnSignals } from "${module}";
    const stop = stopOnSignals((signal) => {
      console.log(signal);
      setTimeout(() => { console.log("in order"); Deno.exit(stop.exitCode); }, ${4 * LATER});
    });
    setInterval(() => {}, 1000);
    console.log("ready");`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", program],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let printed = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    printed += text;
    if (printed !== "ready\n") continue;
    for (const [i, signal] of signals.entries()) {
      if (i > 0) await new Promise((resolve) => setTimeout(resolve, LATER));
      child.kill(signal);
    }
  }
  return { code: (await child.status).code, printed };
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
