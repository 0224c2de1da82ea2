/** @module */
import { assertEquals } from "@std/assert";

/** Returns the output of a program that uses `orUncaught`. */
async function printedWith(work: string): Promise<string> {
  const module = new URL("./uncaught.ts", import.meta.url);
  const program = `import { orUncaught } from "${module}";
    const never = setInterval(() => {}, 1000);
    const say = (what) => { console.log(what); clearInterval(never); };
    await orUncaught(() => { ${work} }).then((value) => say("done: " + value), (error) => say("failed: " + error.message));`;
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", "--quiet", program] }).output();
  return new TextDecoder().decode(stdout);
}

Deno.test("orUncaught() resolves and rejects as the work does", async () => {
  assertEquals(await printedWith("return Promise.resolve(3)"), "done: 3\n");
  assertEquals(await printedWith('return Promise.reject(new Error("x"))'), "failed: x\n");
});

Deno.test("orUncaught() rejects with an uncaught error", async () => {
  const rest = "return new Promise(() => {})";
  assertEquals(await printedWith(`Promise.reject(new Error("lost")); ${rest}`), "failed: lost\n");
  assertEquals(
    await printedWith(`setTimeout(() => { throw new Error("thrown") }, 1); ${rest}`),
    "failed: thrown\n",
  );
});
