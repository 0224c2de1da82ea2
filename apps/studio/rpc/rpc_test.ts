import { assertEquals, assertRejects } from "@std/assert";
import { UserError } from "@gasp/gasp/sample";
import { WorkerClient, WorkerError } from "./client.ts";
import { latest } from "./latest.ts";
import type { Handler } from "./protocol.ts";
import { serve } from "./serve.ts";

const double: Handler<{ readonly values: Float32Array<ArrayBuffer> }, Float32Array, number> = (
  { values },
  call,
) => {
  call.progress(values.length);
  const doubled = values.map((value) => 2 * value);
  call.transfer(doubled.buffer);
  return doubled;
};
const forever: Handler<null, void> = (_, { signal }) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
const refuse: Handler<string, never> = (text) => {
  throw new UserError(text);
};
const TABLE = { double, forever, refuse };

/** Connects a client and a server by a channel, as a page and a worker are. */
async function connected(use: (client: WorkerClient<typeof TABLE>) => Promise<void>): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  serve(port2, TABLE);
  const client = new WorkerClient<typeof TABLE>(port1);
  port1.start();
  port2.start();
  try {
    await use(client);
  } finally {
    port1.close();
  }
}

Deno.test("WorkerClient.call() returns results and reports progress", () =>
  connected(async (client) => {
    const events: number[] = [], values = Float32Array.of(1, 2, 3);
    const doubled = await client.call("double", { values }, {
      onProgress: (event) => events.push(event),
      transfer: [values.buffer],
    });
    assertEquals([...doubled], [2, 4, 6]);
    assertEquals([events, values.length], [[3], 0]);
  }));

Deno.test("WorkerClient.call() rejects when it is cancelled, before and while it runs", () =>
  connected(async (client) => {
    const controller = new AbortController();
    const running = client.call("forever", null, { signal: controller.signal });
    controller.abort();
    const error = await assertRejects(() => running, WorkerError);
    assertEquals(error.kind, "cancelled");
    const again = () => client.call("forever", null, { signal: controller.signal });
    assertEquals((await assertRejects(again, WorkerError)).kind, "cancelled");
  }));

Deno.test("WorkerClient.call() tells errors of the user from those of the program", () =>
  connected(async (client) => {
    const error = await assertRejects(
      () => client.call("refuse", "open it first"),
      WorkerError,
      "open it first",
    );
    assertEquals(error.kind, "user");
    const missing = client as unknown as WorkerClient<{ nothing: Handler<null, void> }>;
    const other = await assertRejects(
      () => missing.call("nothing", null),
      WorkerError,
      'no handler "nothing"',
    );
    assertEquals(other.kind, "internal");
  }));

Deno.test("WorkerClient.fail() rejects pending and later calls", () =>
  connected(async (client) => {
    const pending = client.call("forever", null);
    client.fail("the worker stopped");
    await assertRejects(() => pending, WorkerError, "stopped");
    await assertRejects(() => client.call("forever", null), WorkerError, "stopped");
  }));

Deno.test("latest() runs one call at a time, and of those that wait only the newest", async () => {
  const seen: number[] = [], errors: unknown[] = [];
  let release: () => void = () => {};
  const run = latest(async (value: number) => {
    seen.push(value);
    if (value === 3) throw new Error("three");
    await new Promise<void>((resolve) => release = resolve);
  }, (error) => errors.push(error));
  run(0);
  run(1);
  run(2);
  assertEquals(seen, [0]);
  release();
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(seen, [0, 2]);
  run(3);
  release();
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals([seen, errors.length], [[0, 2, 3], 1]);
});
