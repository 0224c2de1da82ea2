/** @module */
import { assertEquals } from "@std/assert";
import { OutputStream } from "./output.ts";

/** A stream that takes a few bytes at a time, and only when told to go on. */
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

  goOn(): void {
    this.#gate.resolve();
  }
}

Deno.test("OutputStream writes everything in order, however little the stream takes at a time", async () => {
  const slow = new SlowStream(), output = new OutputStream(slow);
  output.write("first line\n");
  output.write("second line\n");
  assertEquals(await output.settled(1), false);
  slow.goOn();
  assertEquals(await output.settled(), true);
  assertEquals([slow.text, output.failure], ["first line\nsecond line\n", undefined]);
});

Deno.test("OutputStream drops what may be left out while the reader is far behind, and nothing else", async () => {
  const slow = new SlowStream(), output = new OutputStream(slow);
  const line = "x".repeat(999) + "\n";
  const taken = Array.from({ length: 100 }, () => output.offer(line)).filter((isTaken) => isTaken).length;
  assertEquals(taken, 17);
  output.write("last");
  slow.goOn();
  await output.settled();
  assertEquals(slow.text, line.repeat(17) + "last");
  assertEquals(output.offer("again"), true);
  await output.settled();
});

Deno.test("OutputStream remembers the first failure and tries again with the next text", async () => {
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
