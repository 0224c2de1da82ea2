/** @module */
import { assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../config/user_error.ts";
import { readBest, writeBest } from "./best_checkpoint.ts";
import { MemoryStore } from "./run_store.ts";

Deno.test("readBest() returns what writeBest() recorded last", async () => {
  const store = new MemoryStore();
  assertEquals(await readBest(store), undefined);
  for (const step of [5, 10]) await writeBest(store, { step, metric: "pcaFd", value: -step / 3 });
  assertEquals(await readBest(store), { step: 10, metric: "pcaFd", value: -10 / 3 });
});

Deno.test("readBest() names a damaged file", async () => {
  for (const text of ["{", "[]", '{"step": -1, "metric": "a", "value": 1}', '{"step": 1}']) {
    const store = new MemoryStore("run");
    await store.write("checkpoints/best.json", new TextEncoder().encode(text));
    await assertRejects(() => readBest(store), UserError, "run/checkpoints/best.json");
  }
});
