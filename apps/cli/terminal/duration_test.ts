/** @module */
import { assertEquals } from "@std/assert";
import { formatTime } from "./duration.ts";

Deno.test("formatTime() uses two units at most", () => {
  const hour = 3600;
  const cases: [seconds: number, text: string][] = [
    [0, "0s"],
    [59.4, "59s"],
    [60, "1m00s"],
    [185, "3m05s"],
    [7800, "2h10m"],
    [24 * hour - 1, "23h59m"],
    [24 * hour, "1 d 0 h"],
    [533 * hour + 36 * 60, "22 d 5 h"],
    [1e9, "11,574 d 1 h"],
  ];
  for (const [seconds, text] of cases) assertEquals(formatTime(seconds), text);
});
