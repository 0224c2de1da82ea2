/** @module */
import { assertEquals, assertRejects } from "@std/assert";
import {
  appendMetrics,
  checkpointPath,
  checkpointSteps,
  pruneCheckpoints,
  readConfig,
  removeLeftovers,
  truncateMetrics,
  writeConfig,
} from "./run_folder.ts";
import { MemoryStore } from "./run_store.ts";
import { UserError } from "../config/user_error.ts";

const text = (value: string) => new TextEncoder().encode(value);
const read = async (store: MemoryStore, path: string) => new TextDecoder().decode(await store.read(path));

Deno.test("checkpointSteps() sorts numerically and ignores other files", async () => {
  const store = new MemoryStore();
  for (const step of [100, 9, 50]) await store.write(checkpointPath(step), text("x"));
  await store.write(`${checkpointPath(120)}.tmp`, text("half"));
  await store.write("checkpoints/notes.txt", text("x"));
  assertEquals(await checkpointSteps(store), [9, 50, 100]);
});

Deno.test("pruneCheckpoints() keeps the newest checkpoints and those at multiples of a step", async () => {
  const store = new MemoryStore();
  for (const step of [1, 2, 5, 10]) await store.write(checkpointPath(step), text("x"));
  await pruneCheckpoints(store, 9, null);
  assertEquals(await checkpointSteps(store), [1, 2, 5, 10]);
  await pruneCheckpoints(store, 2, 2);
  assertEquals(await checkpointSteps(store), [2, 5, 10]);
  await pruneCheckpoints(store, 2, null);
  assertEquals(await checkpointSteps(store), [5, 10]);
});

Deno.test("removeLeftovers() deletes only incomplete files of the run", async () => {
  const store = new MemoryStore();
  const stay = [
    "config.json",
    "letter.tmp",
    "checkpoints/step-1.safetensors",
    "checkpoints/mine.tmp",
    "samples/step-1.png",
  ];
  const go = ["config.json.tmp", "checkpoints/step-2.safetensors.tmp", "samples/step-2.png.tmp"];
  for (const path of [...stay, ...go]) await store.write(path, text("x"));
  await removeLeftovers(store);
  assertEquals([...store.files.keys()], stay);
});

Deno.test("truncateMetrics() removes later lines and an incomplete one", async () => {
  const store = new MemoryStore();
  for (const step of [10, 20, 30]) await appendMetrics(store, { step, loss: step / 8 });
  await store.append("metrics.jsonl", '{"step":4');
  await truncateMetrics(store, 20);
  assertEquals(await read(store, "metrics.jsonl"), '{"step":10,"loss":1.25}\n{"step":20,"loss":2.5}\n');
  await truncateMetrics(store, 0);
  assertEquals(await read(store, "metrics.jsonl"), "");
});

Deno.test("readConfig() returns what was written, undefined if there is none, and throws for invalid JSON", async () => {
  const store = new MemoryStore("runs/x");
  assertEquals(await readConfig(store), undefined);
  await writeConfig(store, { steps: 3 });
  assertEquals(await readConfig(store), { steps: 3 });
  await store.write("config.json", text('{"steps":'));
  await assertRejects(() => readConfig(store), UserError, "runs/x/config.json is not valid JSON");
});
