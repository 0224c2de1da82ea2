/**
 * Fuzzing of generator files: the importer must throw its own error or return a correct result. `GASP_FUZZ=10000` runs more
 * files.
 * @module
 */
import { randomIntegers } from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import { openCheckpoint } from "../runs/checkpoint.ts";
import { generatorFile } from "../runs/generator_file.ts";
import { MemoryStore } from "../runs/run_store.ts";
import { UserError } from "../config/user_error.ts";
import { type ImportedGenerator, importGenerator, writeImportedRun } from "./import_generator.ts";
import { released } from "./released_testing.ts";

const FILES = Number(Deno.env.get("GASP_FUZZ") ?? 300);

/** Applies up to four mutations: a byte flipped or replaced, bytes inserted or removed, or the end truncated. */
function mutated(valid: Uint8Array, step: number): Uint8Array {
  const draws = randomIntegers({ seed: 5, stream: "import fuzz", step }, 24, 2 ** 32);
  let next = 0, bytes = Array.from(valid);
  const draw = (bound: number) => (draws[next++] ?? 0) % Math.max(1, bound);
  for (let changes = 1 + draw(4); changes > 0; changes--) {
    // Half of the changes near the start or the end, where headers and directories are.
    const near = Math.min(400, bytes.length);
    const at = [draw(bytes.length), draw(near), bytes.length - 1 - draw(near)][draw(3)]!;
    const kind = draw(8), value = draw(256);
    if (kind < 3) bytes[at] = value;
    else if (kind < 5) bytes[at]! ^= 1 << (value % 8);
    else if (kind === 5) bytes.splice(at, 0, value, draw(256));
    else if (kind === 6) bytes.splice(at, 1 + draw(4));
    else bytes = bytes.slice(0, draw(8) === 0 ? at : bytes.length);
  }
  return Uint8Array.from(bytes);
}

/** Imports damaged files; `check` validates the ones that are accepted. */
function fuzz(damage: (step: number) => Uint8Array, check: (model: ImportedGenerator) => void): void {
  let refused = 0;
  for (let step = 0; step < FILES; step++) {
    let model: ImportedGenerator;
    try {
      model = importGenerator(damage(step), "x");
    } catch (error) {
      assert(error instanceof UserError, `file ${step}: ${error instanceof Error ? error.stack : error}`);
      refused++;
      continue;
    }
    check(model);
  }
  assert(refused > FILES / 3, `${refused} of ${FILES} refused`);
}

function assertFilled({ generator, frequencies }: ImportedGenerator): void {
  for (const { shape, data } of [...Object.values(generator), ...(frequencies ? [frequencies] : [])]) {
    assertEquals(shape.reduce((product, size) => product * size, 1), data.length);
    assert(data.length < 100_000);
  }
}

Deno.test("importGenerator() survives damaged archives: checksums detect every change", () => {
  const { bytes } = released(), valid = importGenerator(bytes, "x");
  fuzz((step) => mutated(bytes, step), ({ generator, frequencies }) => {
    assertEquals({ generator, frequencies }, { generator: valid.generator, frequencies: valid.frequencies });
  });
});

Deno.test("importGenerator() survives damaged pickles in whole archives", () => {
  fuzz((step) => released({ damage: (pickle) => mutated(pickle, step) }).bytes, assertFilled);
});

Deno.test("importGenerator() survives damaged safetensors files", async () => {
  const store = new MemoryStore();
  await writeImportedRun(store, importGenerator(released().bytes, "x"));
  const checkpoint = await openCheckpoint(store, 0);
  const parts = await Array.fromAsync(
    generatorFile(checkpoint, await checkpoint.readWeights("latest"), "latest"),
  );
  const valid = new Uint8Array(await new Blob(parts.map((part) => part.slice())).arrayBuffer());
  fuzz((step) => mutated(valid, step), assertFilled);
});
