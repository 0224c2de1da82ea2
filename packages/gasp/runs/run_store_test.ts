/**
 * One test suite for all implementations of RunStore.
 * @module
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { memoryFolder } from "./web_files_testing.ts";
import { openFileStore } from "./file_store.ts";
import { MemoryStore, type RunStore } from "./run_store.ts";
import { UserError } from "../config/user_error.ts";
import { WebStore } from "./web_store.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);

async function* inParts(...parts: Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* parts;
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const STORES: Record<string, (use: (store: RunStore) => Promise<void>) => Promise<void>> = {
  MemoryStore: (use) => use(new MemoryStore()),
  FileStore: (use) => inFolder(async (folder) => await use(await openFileStore(`${folder}/run`))),
  "WebStore in a worker": (use) => use(new WebStore(memoryFolder("root"), "runs/run")),
  "WebStore in a page": (use) => use(new WebStore(memoryFolder("root", { inWorker: false }), "runs/run")),
};

for (const [name, withStore] of Object.entries(STORES)) {
  Deno.test(`${name} reads what was written, whole and in parts`, () =>
    withStore(async (store) => {
      await store.write("a/b.bin", inParts(bytes(1, 2), bytes(3, 4, 5)));
      assertEquals(await store.read("a/b.bin"), bytes(1, 2, 3, 4, 5));
      assertEquals(await store.read("a/b.bin", 1, 3), bytes(2, 3));
      assertEquals(await store.read("a/b.bin", 3), bytes(4, 5));
      assertEquals(await store.read("a/b.bin", 4, 99), bytes(5));
      assertEquals(await store.read("a/b.bin", 9, 99), bytes());
      assertEquals(await store.size("a/b.bin"), 5);
      await store.write("a/b.bin", bytes(9));
      assertEquals(await store.read("a/b.bin"), bytes(9));
    }));

  Deno.test(`${name} has no contents, names or size for missing files`, () =>
    withStore(async (store) => {
      assertEquals(await store.read("none"), undefined);
      assertEquals(await store.size("none"), undefined);
      assertEquals(await store.list("none"), []);
      assertEquals(await store.list(""), []);
      await store.remove("none");
    }));

  Deno.test(`${name} appends, lists by name and removes`, () =>
    withStore(async (store) => {
      await store.append("log", "one\n");
      await store.append("log", "two\n");
      assertEquals(new TextDecoder().decode(await store.read("log")), "one\ntwo\n");
      await store.write("folder/y", bytes(1));
      await store.write("folder/x", bytes(1));
      assertEquals(await store.list("folder"), ["x", "y"]);
      assertEquals(await store.list(""), ["log"]);
      await store.remove("folder/x");
      assertEquals(await store.list("folder"), ["y"]);
    }));
}

Deno.test("FileStore.write() leaves the earlier file unchanged if a chunk throws", () =>
  inFolder(async (folder) => {
    const store = await openFileStore(folder);
    await store.write("checkpoint", bytes(1));
    const broken = async function* () {
      yield bytes(2);
      throw new Error("the device was lost");
    };
    await assertRejects(() => store.write("checkpoint", broken()), UserError, "the device was lost");
    assertEquals([await store.read("checkpoint"), await store.list("")], [bytes(1), ["checkpoint"]]);
  }));

Deno.test("FileStore.write() leaves only the earlier file if it fails", () =>
  inFolder(async (folder) => {
    const store = await openFileStore(folder);
    await store.write("checkpoint", bytes(1));
    // A folder in the place of the temporary file makes the write fail before the rename.
    await Deno.mkdir(`${folder}/checkpoint.tmp`);
    await assertRejects(() => store.write("checkpoint", bytes(2)), UserError, "checkpoint");
    assertEquals(await store.read("checkpoint"), bytes(1));
    assertEquals(await store.list(""), ["checkpoint"]);
  }));

Deno.test("FileStore advises what to do if its folder cannot be created", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "");
    const store = await openFileStore(`${folder}/file/run`);
    const error = await assertRejects(() => store.write("config.json", bytes(1)), UserError);
    assert(error.message.includes(`cannot write ${folder}/file/run/config.json`), error.message);
    assert(error.message.includes("choose another folder"), error.message);
  }));

Deno.test("FileStore lists and reads links to files, and no others", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/elsewhere`, "abc");
    await Deno.mkdir(`${folder}/run`);
    for (
      const [name, target] of [["link", "../elsewhere"], ["loop", "loop"], ["gone", "x"], ["folder", ".."]]
    ) {
      await Deno.symlink(target!, `${folder}/run/${name}`);
    }
    const store = await openFileStore(`${folder}/run`);
    assertEquals([await store.list(""), await store.read("link", 1)], [["link"], bytes(98, 99)]);
    await assertRejects(() => store.read("folder"), UserError, "it is a folder, not a file");
    await assertRejects(() => store.read("loop"), UserError, "a link in the path leads to itself");
  }));

Deno.test({
  name: "FileStore does not read pipes or devices",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
      await Deno.symlink("/dev/zero", `${folder}/zero`);
      const store = await openFileStore(folder);
      for (const name of ["pipe", "zero"]) {
        await assertRejects(
          () => store.read(name),
          UserError,
          `${name}: it is a pipe or a device, not a file`,
        );
      }
    }),
});

for (const inWorker of [true, false]) {
  const where = inWorker ? "in a worker" : "in a page";
  Deno.test(`WebStore ${where} leaves the earlier file unchanged if the storage is full or a chunk throws`, async () => {
    const store = new WebStore(memoryFolder("root", { inWorker, quota: 10 }), "runs/x");
    await store.write("checkpoints/a", bytes(1, 2, 3));
    await assertRejects(
      () => store.write("checkpoints/a", new Uint8Array(9)),
      UserError,
      "cannot write runs/x/checkpoints/a: the storage that the browser allows this page is full; delete some runs",
    );
    const broken = async function* () {
      yield bytes(2);
      throw new Error("the device was lost");
    };
    await assertRejects(() => store.write("checkpoints/a", broken()), UserError, "the device was lost");
    assertEquals(await store.read("checkpoints/a"), bytes(1, 2, 3));
    assertEquals(await store.list("checkpoints"), ["a"]);
  });
}

Deno.test("WebStore.write() says that another tab has the file open", async () => {
  const root = memoryFolder("root"), store = new WebStore(root, "");
  const held = await (await root.getFileHandle("log", { create: true })).createSyncAccessHandle!();
  await assertRejects(() => store.append("log", "x"), UserError, "another tab has it open");
  held.close();
  await store.append("log", "x");
  assertEquals(await store.size("log"), 1);
});
