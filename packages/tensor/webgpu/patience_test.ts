import { assert, assertEquals, assertRejects } from "@std/assert";
import { Patience } from "./patience.ts";

const later = <T>(milliseconds: number, value: T): Promise<T> =>
  new Promise((resolve) => setTimeout(() => resolve(value), milliseconds));

Deno.test("wait() gives what the promise gives, also to several at a time", async () => {
  for (const polled of [false, true]) {
    const patience = new Patience(polled);
    const all = [patience.wait(later(5, 1)), patience.wait(later(1, 2)), patience.wait(Promise.resolve(3))];
    assertEquals(await Promise.all(all), [1, 2, 3]);
    await assertRejects(() => patience.wait(Promise.reject(new Error("lost"))), Error, "lost");
  }
});

Deno.test("wait() leaves the processor to others while it polls", async () => {
  const patience = new Patience(true);
  let turns = 0, waiting = true;
  const poll = () => {
    turns++;
    if (waiting) setImmediate(poll);
  };
  poll();
  await patience.wait(later(200, 0));
  waiting = false;
  // Turns without a sleep take microseconds.
  assert(turns < 1500, `${turns} turns`);
});
