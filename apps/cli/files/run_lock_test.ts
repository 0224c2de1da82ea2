import { assert, assertEquals, assertRejects } from "@std/assert";
import { UserError } from "@gasp/gasp";
import { checkUnlocked, LOCK_FILE, lockRun } from "./run_lock.ts";

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gasp-lock-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const names = async (folder: string) => (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);

Deno.test("lockRun() refuses a second training, and leaves nothing behind", () =>
  inFolder(async (folder) => {
    const run = `${folder}/a/run`, lock = await lockRun(run);
    for (const action of [lockRun, checkUnlocked]) {
      const { message } = await assertRejects(() => action(run), UserError);
      assert(message.startsWith(`${run} is being trained by process ${Deno.pid}`), message);
      assert(message.includes(`kill -INT ${Deno.pid}`), message);
    }
    await lock.release();
    assertEquals(await names(run), []);
    await (await lockRun(run)).release();
  }));

Deno.test("lockRun() takes over the lock of a process that has died, and an unreadable one", () =>
  inFolder(async (folder) => {
    const holder = { pid: 1, host: "here", started: "2026-01-01T00:00:00.000Z" };
    for (const text of [JSON.stringify(holder), "", "{", "[]", '{"pid":"x"}', "\0\xff"]) {
      await Deno.writeTextFile(`${folder}/${LOCK_FILE}`, text);
      await checkUnlocked(folder, "here");
      await (await lockRun(folder, "here")).release();
      assertEquals(await names(folder), []);
    }
  }));

Deno.test("lockRun() names the file to delete if another host has left its lock", () =>
  inFolder(async (folder) => {
    const holder = { pid: 7, host: "node3", started: "2026-01-01T00:00:00.000Z" };
    await Deno.writeTextFile(`${folder}/${LOCK_FILE}`, JSON.stringify(holder));
    for (const action of [lockRun, checkUnlocked]) {
      const { message } = await assertRejects(() => action(folder, "here"), UserError);
      assert(/process 7 on the host node3 .* delete the file/.test(message), message);
    }
    assertEquals(await names(folder), [LOCK_FILE]);
  }));

Deno.test("lockRun() lets exactly one of many in", () =>
  inFolder(async (folder) => {
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockRun(folder)));
    const locks = results.filter((result) => result.status === "fulfilled").map(({ value }) => value);
    assertEquals(locks.length, 1);
    for (const lock of locks) await lock.release();
  }));
