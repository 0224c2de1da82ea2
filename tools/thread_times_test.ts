/** @module */
import { assert, assertEquals } from "@std/assert";
import { processTree, residentBytes, threadTimes, timeBetween } from "./thread_times.ts";

const ignore = Deno.build.os !== "linux";

Deno.test({
  name: "processTree() has the process and its children, threadTimes() their processor time",
  ignore,
  async fn() {
    const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
    try {
      const tree = processTree(Deno.pid);
      assert(tree.includes(String(Deno.pid)) && tree.includes(String(child.pid)), `${tree}`);
      const before = threadTimes(tree), own = String(Deno.pid);
      const spent = () => timeBetween(before, threadTimes(tree), ({ id }) => id.split("/")[0]!);
      // Reading takes time itself, in ticks of a hundredth of a second
      while (!(spent().get(own)! > 0));
      assertEquals(spent().get(String(child.pid)), 0);
      assert(residentBytes(tree) > residentBytes([String(child.pid)]));
    } finally {
      child.kill();
      await child.status;
    }
  },
});

Deno.test("timeBetween() sums by kind, most first, and counts new threads from 0", () => {
  const thread = (id: string, name: string, seconds: number) => ({
    id,
    name,
    type: "main",
    seconds,
    nice: 0,
  });
  const before = [thread("1/1", "a", 1), thread("1/2", "b", 5)];
  const after = [thread("1/1", "a", 2), thread("1/2", "b", 8), thread("1/3", "a", 0.5)];
  assertEquals([...timeBetween(before, after, ({ name }) => name)], [["b", 3], ["a", 1.5]]);
});
