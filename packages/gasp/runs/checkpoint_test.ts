/** @module */
import { blobAccess, parseSafetensors, sizeOf, treeLeaves, writeSafetensors } from "@gasp/tensor";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../config/user_error.ts";
import { gasp } from "../methods/gasp/gasp.ts";
import { GASP_PRESETS } from "../methods/gasp/presets.ts";
import type { GaspState, GeneratorWeights } from "../methods/gasp/state.ts";
import { openCheckpoint, openCheckpointFile, openNewestCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import { generatorFile } from "./generator_file.ts";
import type { CheckpointInfo } from "./metadata.ts";
import { checkpointPath } from "./run_folder.ts";
import { type FileBytes, MemoryStore, partsOf } from "./run_store.ts";

const config = GASP_PRESETS.tiny;
const info: CheckpointInfo = {
  step: 7,
  config,
  display: { kind: "image", height: 5, width: 5, channels: 1 },
};
const state: GaspState = gasp.initialState({ ...config, seed: 3 });

/** A store that counts the bytes read. */
class CountingStore extends MemoryStore {
  bytesRead = 0;

  override async read(path: string, start?: number, end?: number) {
    const bytes = await super.read(path, start, end);
    this.bytesRead += bytes?.length ?? 0;
    return bytes;
  }
}

async function saved(step = 7): Promise<CountingStore> {
  const store = new CountingStore("runs/x");
  await saveCheckpoint(store, { ...info, step }, state);
  return store;
}

async function rewrite(
  store: MemoryStore,
  edit: (metadata: Map<string, string>, names: Set<string>) => void,
) {
  const { metadata, tensors } = parseSafetensors(store.files.get(checkpointPath(7))!);
  const edited = new Map(metadata), names = new Set(tensors.keys());
  edit(edited, names);
  const remaining = [...tensors].filter(([name]) => names.has(name));
  await store.write(checkpointPath(7), writeSafetensors(remaining, edited));
}

Deno.test("saveCheckpoint() copies one tensor at a time to the host", async () => {
  const lengths: number[] = [];
  class ListeningStore extends MemoryStore {
    override write(path: string, bytes: FileBytes) {
      const recorded = async function* () {
        for await (const part of partsOf(bytes)) {
          lengths.push(part.length);
          yield part;
        }
      };
      return super.write(path, recorded());
    }
  }
  await saveCheckpoint(new ListeningStore(), info, state);
  const tensors = treeLeaves(state).map(({ shape }) => 4 * sizeOf(shape));
  assertEquals(lengths.slice(1).toSorted((a, b) => a - b), tensors.toSorted((a, b) => a - b));
});

Deno.test("openNewestCheckpoint() returns what saveCheckpoint() wrote, bit for bit", async () => {
  const store = await saved();
  await saveCheckpoint(store, { ...info, step: 2 }, gasp.initialState({ ...config, seed: 4 }));
  const checkpoint = await openNewestCheckpoint(store);
  assert(checkpoint);
  assertEquals([checkpoint.step, checkpoint.config, checkpoint.display], [7, config, info.display]);
  const [before, after] = [state, await checkpoint.readState()].map(treeLeaves);
  assertEquals(after!.length, before!.length);
  for (const [i, leaf] of before!.entries()) {
    assertEquals(after![i]!.shape, leaf.shape);
    assertEquals(await after![i]!.data(), await leaf.data());
  }
  assertEquals(await openNewestCheckpoint(new MemoryStore()), undefined);
});

Deno.test("saveCheckpoint() uses the names of the reference code's state dictionaries", async () => {
  const { tensors } = parseSafetensors((await saved()).files.get(checkpointPath(7))!);
  for (
    const name of [
      "G.0.weight",
      "G.2.weight",
      "G.2.bias",
      "D.layers.0.weight_net.forward_layers.9.weight",
      "D.layers.0.weight_net.forward_layers.10.running_var",
      "D.layers.0.linear.weight",
      "adam.G.m.2.weight",
      "adam.D.v.layers.0.linear.weight",
      "average.2.weight",
      "frequency_matrix",
    ]
  ) assert(tensors.has(name), name);
});

Deno.test("Checkpoint.readWeights() reads only the requested weights", async () => {
  const store = await saved();
  const checkpoint = await openCheckpoint(store, 7);
  store.bytesRead = 0;
  const { generator, frequencies } = await checkpoint.readWeights("ema") as GeneratorWeights;
  const wanted = treeLeaves(state.ema!).concat(state.frequencies!);
  assertEquals(store.bytesRead, wanted.reduce((sum, leaf) => sum + 4 * leaf.size, 0));
  for (const [name, value] of Object.entries(state.ema!)) {
    assertEquals(await generator[name]!.data(), await value.data());
  }
  assertEquals(await frequencies!.data(), await state.frequencies!.data());
});

Deno.test("openCheckpoint() reports unusable files with the file, the problem and a remedy", async () => {
  const path = checkpointPath(7);
  const cases: [string, (store: MemoryStore) => Promise<void>, string][] = [
    ["truncated", (store) => store.write(path, store.files.get(path)!.slice(0, -100)), ""],
    ["truncated in the header", (store) => store.write(path, store.files.get(path)!.slice(0, 300)), ""],
    ["empty", (store) => store.write(path, new Uint8Array()), ""],
    [
      "no safetensors",
      (store) => store.write(path, new TextEncoder().encode("hello there, this is text")),
      "",
    ],
    [
      "foreign",
      (store) => rewrite(store, (metadata) => metadata.clear()),
      "not a GASP checkpoint",
    ],
    [
      "of a later format",
      (store) => rewrite(store, (metadata) => metadata.set("version", "3")),
      "it has format version 3, but this program reads versions 1 and 2",
    ],
    [
      "with damaged configuration",
      (store) => rewrite(store, (metadata) => metadata.set("config", "{")),
      "its metadata is damaged",
    ],
    [
      "with a wrong configuration",
      (store) => rewrite(store, (metadata) => metadata.set("config", '{"preset":3}')),
      'its configuration: "method" is missing',
    ],
    [
      "with a wrong step",
      (store) => rewrite(store, (metadata) => metadata.set("step", "x")),
      "its step: the value is null, but must be a whole number of at least 0",
    ],
    ["renamed", (store) => rewrite(store, (metadata) => metadata.set("step", "9")), "it is of step 9, not 7"],
  ];
  for (const [what, damage, message] of cases) {
    const store = await saved();
    await damage(store);
    const error = await assertRejects(() => openNewestCheckpoint(store), UserError);
    const start = "runs/x/checkpoints/step-7.safetensors cannot be used: ";
    assert(error.message.startsWith(start), `${what}: ${error.message}`);
    assert(error.message.includes(message), `${what}: ${error.message}`);
    assert(error.message.endsWith("delete it to restart this run"), `${what}: ${error.message}`);
  }
});

Deno.test("openNewestCheckpoint() names the earlier checkpoint, and does not fall back to it silently", async () => {
  const store = await saved();
  await saveCheckpoint(store, { ...info, step: 9 }, state);
  await store.write(checkpointPath(9), store.files.get(checkpointPath(9))!.slice(0, 999));
  const error = await assertRejects(() => openNewestCheckpoint(store), UserError);
  assert(error.message.endsWith("Delete it to resume from the checkpoint of step 7"), error.message);
});

Deno.test("Checkpoint.readState() reports a missing tensor", async () => {
  const store = await saved();
  await rewrite(store, (_, names) => names.delete("adam.G.m.2.weight"));
  const checkpoint = await openCheckpoint(store, 7);
  const error = await assertRejects(() => checkpoint.readState(), UserError);
  assert(error.message.includes("'adam.G.m.2.weight'"), error.message);
});

Deno.test("Checkpoint.readState() detects changed elements", async () => {
  const store = await saved();
  const bytes = store.files.get(checkpointPath(7))!;
  for (const fromEnd of [4, 400, 4000]) {
    const index = bytes.length - fromEnd;
    bytes[index]! ^= 1;
    const checkpoint = await openCheckpoint(store, 7);
    await assertRejects(() => checkpoint.readState(), UserError, "does not match its checksum");
    bytes[index]! ^= 1;
  }
  await (await openCheckpoint(store, 7)).readState();
});

Deno.test("openCheckpoint() lists the available steps", async () => {
  const store = await saved();
  await assertRejects(() => openCheckpoint(store, 8), UserError, "there are checkpoints of steps 7");
  await assertRejects(() => openCheckpoint(new MemoryStore("runs/y"), 8), UserError, "there are none");
});

Deno.test("openCheckpointFile() reads a file of any name and step, and names it if it is damaged", async () => {
  const bytes = (await saved()).files.get(checkpointPath(7))!;
  const { step, display } = await openCheckpointFile(blobAccess(new Blob([bytes])), "model.safetensors");
  assertEquals([step, display], [7, info.display]);
  const half = blobAccess(new Blob([bytes.subarray(0, bytes.length / 2)]));
  await assertRejects(
    () => openCheckpointFile(half, "model.safetensors"),
    UserError,
    "model.safetensors cannot be used",
  );
});

Deno.test("openCheckpointFile() reads an exported generator, for sampling only", async () => {
  for (const kind of ["latest", "ema"] as const) {
    const checkpoint = await openCheckpoint(await saved(), 7);
    const parts = await Array.fromAsync(generatorFile(checkpoint, await checkpoint.readWeights(kind), kind));
    const file = blobAccess(new Blob(parts.map((part) => part.slice())));
    const exported = await openCheckpointFile(file, "generator.safetensors");
    assertEquals([exported.step, exported.config, exported.display], [7, config, info.display]);
    for (const asked of ["latest", "ema"] as const) {
      assertEquals(exported.weightsKind(asked), kind);
      const [found, expected] = [await exported.readWeights(asked), await checkpoint.readWeights(kind)]
        .map(treeLeaves);
      assertEquals(found!.length, expected!.length);
      for (const [i, leaf] of found!.entries()) assertEquals(await leaf.data(), await expected![i]!.data());
    }
    await assertRejects(() => exported.readState(), UserError, "it contains a generator only");
  }
});

Deno.test("openCheckpoint() rejects an exported generator in place of a checkpoint", async () => {
  const store = await saved(), checkpoint = await openCheckpoint(store, 7);
  await store.write(
    checkpointPath(7),
    generatorFile(checkpoint, await checkpoint.readWeights("latest"), "latest"),
  );
  await assertRejects(() => openCheckpoint(store, 7), UserError, "not a GASP checkpoint");
});
