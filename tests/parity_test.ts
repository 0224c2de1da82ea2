import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  parseSafetensors,
  reference,
  type StoredTensor,
  type TensorToStore,
  writeSafetensors,
} from "@gasp/tensor";
import { ALLOWED_RATIO, type Floors, runParityFile } from "@gasp/gasp";
import { deviceTest } from "./devices.ts";

const FOLDER = new URL("./fixtures/", import.meta.url);
const files = [...Deno.readDirSync(FOLDER)].map((entry) => entry.name)
  .filter((name) => /^[a-h]_.*\.safetensors$/.test(name)).sort();
const floors: Record<string, Floors> = JSON.parse(Deno.readTextFileSync(new URL("floors.json", FOLDER)));

const nameOf = (file: string) => file.replace(/\.safetensors$/, "");
const bytesOf = (file: string) => Deno.readFileSync(new URL(file, FOLDER));

/** Returns a file with some tensors changed, or removed if `edit` returns `undefined`. */
function edited(
  file: string,
  edit: (name: string, stored: StoredTensor) => TensorToStore | undefined,
  dtype?: StoredTensor["dtype"],
): Uint8Array {
  const { tensors, metadata } = parseSafetensors(bytesOf(file));
  const edits = [...tensors].flatMap(([name, stored]) => {
    const changed = dtype === undefined || stored.dtype === dtype ? edit(name, stored) : stored;
    return changed ? [[name, changed] as const] : [];
  });
  return writeSafetensors(edits, metadata);
}

await deviceTest("runParityFile() reproduces the results of the authors' code", async (device, context) => {
  assertEquals(files.length, 24);
  for (const file of files) {
    await context.step(file, async () => {
      const result = await runParityFile(nameOf(file), bytesOf(file), device, floors);
      assertEquals(result.verdict, "pass", result.reason);
      assert(result.groups.length >= 3);
    });
  }
});

Deno.test("runParityFile() on reference is at the noise floor of the stored numbers, not just within 20 times it", async () => {
  for (const file of files.filter((name) => !/^([fg]_|h_era5)/.test(name))) {
    const { worst } = await runParityFile(nameOf(file), bytesOf(file), reference, floors);
    assert(worst!.ratio < 1.1, `${file}: ${worst!.group} is ${worst!.ratio} times its floor`);
  }
});

/** Adds an error to the last element of a tensor. */
function withError({ shape, data }: TensorToStore, error: number): TensorToStore {
  const changed = Float32Array.from(data as Float32Array);
  changed[changed.length - 1]! += error;
  return { shape, data: changed };
}

Deno.test("runParityFile() fails if a single element differs", async () => {
  const cases = [
    {
      file: "a_pointconv2d_grid.safetensors",
      errors: { "train.grad.linear.weight": 0.01, "eval.mid.linear_in": 1e-3 },
    },
    { file: "c_avgpool2d_random.safetensors", errors: { "grad.features": 1e-3 } },
    { file: "d_disc2d_jitter.safetensors", errors: { "r1.grad.layers.4.linear.weight": 1e-3 } },
    { file: "e_function_rff2d.safetensors", errors: { "out.features": 1e-2, "grad.2.bias": 0.1 } },
    { file: "h_grid2d.safetensors", errors: { "out.features": 1e-5, "super.out_data": 1e-5 } },
    {
      file: "h_era5_sphere.safetensors",
      errors: { "out.features": 1e-5, "knn9.l1.exact_distances": 1e-4, "out.back_to_data": 1e-4 },
    },
    {
      file: "f_step2d_image.safetensors",
      errors: { "step1.grad.G.4.bias": 1e-3, "after3.G.2.weight": 7e-4, "loss.grad_squared": 1e-3 },
    },
  ];
  for (const { file, errors } of cases) {
    const changes = new Map(Object.entries(errors));
    const bytes = edited(file, (name, stored) => withError(stored, changes.get(name) ?? 0), "F32");
    const { verdict, groups } = await runParityFile(nameOf(file), bytes, reference, floors);
    assertEquals(verdict, "fail");
    const failed = groups.filter((group) => group.ratio > ALLOWED_RATIO).map((group) => group.tensor);
    assertEquals(failed.sort(), [...changes.keys()].sort());
  }
});

Deno.test("runParityFile() fails if weights did not change, though each is within two learning rates", async () => {
  const file = "f_step2d_image.safetensors";
  const before = parseSafetensors(bytesOf(file)).tensors;
  const bytes = edited(file, (name, stored) => {
    const isWeight = name.startsWith("after1.D.") && !name.includes(".running_");
    return isWeight ? before.get(name.replace("after1", "before")) : stored;
  });
  const result = await runParityFile(nameOf(file), bytes, reference, floors);
  assertEquals([result.verdict, result.worst!.group], ["fail", "after1.D RMS"]);
});

Deno.test("runParityFile() supports other batch sizes", async () => {
  const firstOnly = [
    "in.features",
    "in.grad_out",
    "out.features",
    "grad.features",
    "in.coordinates",
    "out.coordinates",
  ];
  const bytes = edited("c_avgpool2d_grid.safetensors", (name, { shape, data }) => {
    if (!firstOnly.includes(name)) return { shape, data };
    return { shape: [1, ...shape.slice(1)], data: data.slice(0, data.length / shape[0]!) };
  });
  assertEquals((await runParityFile("c_avgpool2d_grid", bytes, reference, floors)).verdict, "pass");
});

Deno.test("runParityFile() fails with a reason if a file is damaged, incomplete or has unexpected tensors", async () => {
  const file = "c_avgpool2d_grid.safetensors", name = nameOf(file);
  const damaged = await runParityFile(name, bytesOf(file).slice(0, 500), reference);
  assertEquals([damaged.verdict, damaged.groups.length], ["fail", 0]);
  const incomplete = await runParityFile(
    name,
    edited(file, (n, t) => n === "in.features" ? undefined : t),
    reference,
  );
  assertEquals([incomplete.verdict, incomplete.reason], ["fail", "the fixture has no tensor 'in.features'"]);
  const renamed = new Map(parseSafetensors(bytesOf(file)).tensors);
  renamed.set("out.surplus", renamed.get("out.features")!);
  const surplus = await runParityFile(name, writeSafetensors(renamed), reference);
  assertEquals(surplus.verdict, "fail");
  assertStringIncludes(surplus.reason!, "'out.surplus'");
});

Deno.test("runParityFile() fails for names of unknown families", async () => {
  for (const name of ["something", "z_other"]) {
    const { verdict, reason } = await runParityFile(name, new Uint8Array(), reference);
    assertEquals([verdict, reason], ["fail", "its name must start with the letter of a family, a_ to h_"]);
  }
});
