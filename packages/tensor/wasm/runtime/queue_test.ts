/** @module */
import { assertEquals, assertRejects } from "@std/assert";
import { Queue } from "./queue.ts";

function later<T>(value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), 1));
}

Deno.test("Queue runs jobs synchronously when none is pending", async () => {
  const queue = new Queue(), done: string[] = [];
  queue.now(() => void done.push("now"));
  assertEquals(done, ["now"]);
  assertEquals(await queue.add(() => 7), 7);
  assertEquals(queue.idle, true);
});

Deno.test("Queue runs jobs in order after a slow one", async () => {
  const queue = new Queue(), done: string[] = [];
  const slow = queue.add(async () => void done.push(await later("slow")));
  queue.now(() => void done.push("quick"));
  const last = queue.add(() => void done.push("last"));
  assertEquals(done, []);
  await Promise.all([slow, last]);
  assertEquals(done, ["slow", "quick", "last"]);
  assertEquals(queue.idle, true);
});

Deno.test("Queue continues after a failing job", async () => {
  const queue = new Queue();
  const bad = queue.add(() => later(0).then(() => Promise.reject(new Error("broken"))));
  const good = queue.add(() => "good");
  await assertRejects(() => bad, Error, "broken");
  assertEquals(await good, "good");
  await assertRejects(
    () =>
      queue.add(() => {
        throw new Error("at once");
      }),
    Error,
    "at once",
  );
  await queue.drained();
});
