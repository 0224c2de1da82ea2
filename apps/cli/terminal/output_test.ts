/** @module */
import { assertEquals } from "@std/assert";
import { OutputStream } from "./output.ts";

/** A stream that accepts a few bytes at a time, after it is unblocked. */
class SlowStream {
  text = "";
  #gate = Promise.withResolvers<void>();

  isTerminal(): boolean {
    return false;
  }

  async write(bytes: Uint8Array): Promise<number> {
    await this.#gate.promise;
    const part = bytes.subarray(0, 3);
    this.text += new TextDecoder().decode(part);
    return part.length;
  }

  unblock(): void {
    this.#gate.resolve();
  }
}

Deno.test("OutputStream writes everything in order, even if the stream accepts few bytes at a time", async () => {
  const slow = new SlowStream(), output = new OutputStream(slow);
  output.write("first line\n");
  output.write("second line\n");
  assertEquals(await output.settled(1), false);
  slow.unblock();
  assertEquals(await output.settled(), true);
  assertEquals([slow.text, output.failure], ["first line\nsecond line\n", undefined]);
});

Deno.test("OutputStream drops only optional text while too much is pending", async () => {
  const slow = new SlowStream(), output = new OutputStream(slow);
  const line = "x".repeat(999) + "\n";
  const accepted = Array.from({ length: 100 }, () => output.offer(line)).filter(Boolean).length;
  assertEquals(accepted, 17);
  output.write("last");
  slow.unblock();
  await output.settled();
  assertEquals(slow.text, line.repeat(17) + "last");
  assertEquals(output.offer("again"), true);
  await output.settled();
});

Deno.test("OutputStream records the first failure and tries again with the next text", async () => {
  const first = new Error("disk full"), errors = [first, new Error("still full")], written: string[] = [];
  const output = new OutputStream({
    isTerminal: () => false,
    write(bytes) {
      const error = errors.shift();
      if (error) return Promise.reject(error);
      written.push(new TextDecoder().decode(bytes));
      return Promise.resolve(bytes.length);
    },
  });
  for (const text of ["one", "two", "three"]) output.write(text);
  assertEquals(await output.settled(), true);
  assertEquals(written, ["three"]);
  assertEquals(output.failure, first);
});
