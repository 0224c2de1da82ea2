/** @module */
import { gasp, GASP_PRESETS, openFileStore, saveCheckpoint, UserError } from "@gasp/gasp";
import { parseSafetensors } from "@gasp/tensor";
import { assertEquals, assertRejects } from "@std/assert";
import { exportCommand } from "./export_command.ts";
import { importCommand } from "./import_command.ts";

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("import and export round-trip a generator without loss", () =>
  inFolder(async (folder) => {
    const config = GASP_PRESETS.tiny, state = gasp.initialState({ ...config, seed: 1 });
    const display = { kind: "image", height: 5, width: 5, channels: 1 } as const;
    await saveCheckpoint(await openFileStore(`${folder}/run`), { step: 9, config, display }, state);
    const [first, second] = [`${folder}/first.safetensors`, `${folder}/second.safetensors`];

    assertEquals(await exportCommand.execute([`${folder}/run`, "--out", first]), 0);
    assertEquals(await importCommand.execute([first, "--out", `${folder}/back`]), 0);
    assertEquals(await exportCommand.execute([`${folder}/back`, "--out", second]), 0);
    const [before, after] = [first, second].map((path) => parseSafetensors(Deno.readFileSync(path)));
    assertEquals(after!.tensors, before!.tensors);
    assertEquals(before!.metadata.get("step"), "9");
    assertEquals(after!.metadata.get("config"), before!.metadata.get("config"));
    assertEquals(
      await Deno.readTextFile(`${folder}/back/config.json`),
      JSON.stringify(config, null, 2) + "\n",
    );

    await assertRejects(
      () => importCommand.execute([first, "--out", `${folder}/back`]),
      UserError,
      "already contains a run",
    );
  }));

Deno.test("import and export explain what is missing or wrong, and leave no files", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/model.pt`, "no archive at all");
    const out = ["--out", `${folder}/run`];
    await assertRejects(
      () => importCommand.execute([`${folder}/model.pt`, ...out]),
      UserError,
      "model.pt cannot be imported: not a zip archive",
    );
    await assertRejects(
      () => importCommand.execute([`${folder}/other.pt`, ...out]),
      UserError,
      "there is no file",
    );
    await assertRejects(
      () => importCommand.execute([folder, ...out]),
      UserError,
      "it is a folder, not a file",
    );
    await assertRejects(
      () => exportCommand.execute([folder, "--out", "model.pt"]),
      UserError,
      'a name ending in .safetensors; got "model.pt"',
    );
    await assertRejects(
      () => exportCommand.execute([folder]),
      UserError,
      "has no checkpoint: pass the folder of a run",
    );
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["model.pt"]);
  }));
