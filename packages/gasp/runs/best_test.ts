/** @module */
import { assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../config/user_error.ts";
import { BEST_FILE, readBest, writeBest } from "./best.ts";
import { checkpointPath } from "./run_folder.ts";
import { MemoryStore } from "./run_store.ts";

const best = { step: 5, metric: "swd", value: 0.2, low: 0.1, high: 0.3 };

Deno.test("readBest() returns what writeBest() wrote while its checkpoint exists", async () => {
  const store = new MemoryStore();
  await writeBest(store, best);
  assertEquals(await readBest(store), undefined);
  await store.write(checkpointPath(5), Uint8Array.of(1));
  assertEquals(await readBest(store), best);
});

Deno.test("readBest() rejects damaged files", async () => {
  for (const text of ["{", "null", '{"step":"5"}', '{"step":5,"metric":"swd"}']) {
    const store = new MemoryStore("runs/x");
    await store.write(BEST_FILE, new TextEncoder().encode(text));
    await assertRejects(() => readBest(store), UserError, "runs/x/best.json is damaged: delete it");
  }
});
