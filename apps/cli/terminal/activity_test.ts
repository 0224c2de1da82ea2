/** @module */
import { assert, assertEquals } from "@std/assert";
import { Activity } from "./activity.ts";
import type { Output } from "./output.ts";
import { recorder } from "./testing.ts";

/** Shows work of 40 seconds, reported every half second. */
function show(output: Output, seconds = 40): void {
  let time = 0;
  using activity = new Activity("sampling", output, () => time);
  for (; time <= seconds * 1000; time += 500) activity.at(time / 40_000);
}

Deno.test("Activity shows what is being done, how much of it is done, and the time left, and erases the line", () => {
  const output = recorder(true, 60);
  show(output);
  const drawn = output.text.split("\r\x1b[K").slice(1);
  assertEquals(drawn[0], `█${"░".repeat(29)} sampling  2 %  39s left`);
  assert(drawn.includes(`${"█".repeat(15)}${"░".repeat(15)} sampling  50 %  20s left`), drawn.join("\n"));
  assertEquals(drawn.at(-1), "");
});

Deno.test("Activity prints a line now and then if the output is not a terminal", () => {
  const output = recorder(false, 60);
  show(output);
  assertEquals(output.text.split("\n"), [
    "sampling  25 %  30s left",
    "sampling  50 %  20s left",
    "sampling  75 %  10s left",
    "sampling  100 %  0s left",
    "",
  ]);
});

Deno.test("Activity shows nothing for work that takes moments", () => {
  for (const isTerminal of [true, false]) {
    const output = recorder(isTerminal, 60);
    show(output, 0.5);
    assertEquals(output.text, "");
  }
});

Deno.test("Activity keeps the time left in a narrow terminal, and shows elapsed time if it is not known", () => {
  const narrow = recorder(true, 12);
  show(narrow, 10);
  assertEquals(narrow.text.split("\r\x1b[K").at(-2), "30s left");
  const output = recorder(true, 60);
  let time = 0;
  using activity = new Activity("opening", output, () => time);
  time = 5000;
  activity.next("fitting");
  time = 8000;
  activity.at(0);
  assertEquals(output.text.split("\r\x1b[K").slice(1), [
    "fitting  0s so far",
    `${"░".repeat(30)} fitting  0 %  3s so far`,
  ]);
});
