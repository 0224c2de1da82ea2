/** @module */
import { assert, assertEquals } from "@std/assert";
import { Progress } from "./progress.ts";
import { recorder } from "./testing.ts";

Deno.test("Progress prints an occasional line if the output is not a terminal", () => {
  const output = recorder(false, 100);
  let time = 0;
  const progress = new Progress(output, 100, () => time);
  for (let step = 1; step <= 100; step++) {
    time = step * 100;
    progress.update(step, { D: 1.25, G: 0.5 });
  }
  const lines = output.text.trimEnd().split("\n");
  assertEquals(lines, [
    "step   1/100  D 1.250  G 0.500",
    "step  51/100  D 1.250  G 0.500  10 steps/s  5s left",
    "step 100/100  D 1.250  G 0.500  10 steps/s  0s left",
  ]);
});

Deno.test("Progress redraws one bar in a terminal and prints other lines above it", () => {
  const output = recorder(true, 100);
  let time = 0;
  const progress = new Progress(output, 4, () => time);
  progress.update(2, {});
  time = 500;
  progress.update(3, { D: 1 });
  progress.print("saved");
  progress.update(4, {});
  progress.finish();
  const drawn = output.text.replaceAll("\r\x1b[K", "\n").split("\n").filter((line) => line !== "");
  assertEquals(drawn.length, 4);
  assert(drawn[1]!.startsWith("█".repeat(23) + "░".repeat(7) + " step 3/4  D 1.000  2.0 steps/s"), drawn[1]);
  assertEquals(drawn[2], "saved");
  assert(output.text.endsWith("\n"));
});

Deno.test("Progress never draws wider than the terminal", () => {
  for (const columns of [20, 40, 60, 80, 200]) {
    const output = recorder(true, columns);
    let time = 0;
    const progress = new Progress(output, 100000, () => time);
    time = 5000;
    progress.update(333, { D: 1, G: 2 });
    const drawn = output.text.replace("\r\x1b[K", "");
    assert(drawn.length < columns, `${drawn.length} of ${columns}`);
  }
});

Deno.test("Progress shows the time left in however narrow a terminal", () => {
  const shown = [120, 60, 40, 30, 20, 12].map((columns) => {
    const output = recorder(true, columns);
    let time = 0;
    const progress = new Progress(output, 100_000, () => time);
    progress.update(0, {});
    time = 10_000;
    progress.update(100, { generator: 1, discriminator: 2 });
    return output.text.split("\r\x1b[K").at(-1)!.replace(/^[█░]+ /, "");
  });
  assertEquals(shown, [
    "step    100/100000  generator 1.000  discriminator 2.000  10 steps/s  2h46m left",
    "step    100/100000  generator 1.000  2h46m left",
    "step    100/100000  2h46m left",
    "2h46m left",
    "2h46m left",
    "2h46m left",
  ]);
});
