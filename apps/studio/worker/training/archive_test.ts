import {
  asGasp,
  checkpointPath,
  CONFIG_FILE,
  initialState,
  METRICS_FILE,
  resolveRunConfig,
  type RunStore,
  saveCheckpoint,
  UserError,
} from "@gasp/gasp";
import { openZip } from "@gasp/tensor";
import { assertEquals, assertRejects } from "@std/assert";
import { filesOfRun, packRun, takeRun } from "./archive.ts";
import { forgetRun, runNames, storeOf } from "./stores.ts";

const text = (contents: unknown) => new TextEncoder().encode(JSON.stringify(contents));

/** Writes a run of one checkpoint, with a file that does not belong to it. */
async function writeRun(name: string): Promise<RunStore> {
  const config = asGasp(resolveRunConfig({ preset: "tiny" })), store = await storeOf(name);
  const display = { kind: "image", height: 5, width: 5, channels: 1 } as const;
  const state = initialState(config.model, config.training, config.seed);
  await saveCheckpoint(store, { step: 3, config, display }, state);
  await store.write(CONFIG_FILE, text(config));
  await store.append(METRICS_FILE, '{"step":3}\n');
  await store.write("notes.txt", text("not of a run"));
  return store;
}

Deno.test("takeRun() restores what packRun() packed, under a name that is free", async () => {
  const store = await writeRun("a"), zip = await packRun("a", store);
  const paths = [CONFIG_FILE, METRICS_FILE, checkpointPath(3)];
  assertEquals([...openZip(await zip.bytes()).keys()], paths.map((path) => `a/${path}`));
  assertEquals(await takeRun({ location: "a.zip", entries: [["a.zip", zip]] }), "a-2");
  const copy = await storeOf("a-2");
  assertEquals(await filesOfRun(copy), paths);
  for (const path of paths) assertEquals(await copy.read(path), await store.read(path));
  await forgetRun("a");
  await forgetRun("a-2");
});

Deno.test("takeRun() keeps nothing of a damaged run, and leaves data alone", async () => {
  const store = await writeRun("b"), checkpoint = (await store.read(checkpointPath(3)))!;
  checkpoint[checkpoint.length - 1]! ^= 1;
  const entries = [
    ["deep/b/config.json", new Blob([(await store.read(CONFIG_FILE))!])],
    [`deep/b/${checkpointPath(3)}`, new Blob([checkpoint])],
  ] as const;
  await assertRejects(() => takeRun({ location: "x", entries }), UserError, "the run b cannot be used: ");
  assertEquals(await runNames(), ["b"]);
  await forgetRun("b");
  assertEquals(await takeRun({ location: "x", entries: [["a.png", new Blob([])]] }), undefined);
  assertEquals(await runNames(), []);
});
