import { assertEquals } from "@std/assert";
import { showDuration, showRate, showSize } from "./format.ts";

Deno.test("numbers of a training are short", () => {
  assertEquals([0, 999, 1500, 12_345_678, 5.25e12].map(showSize), [
    "0 byte",
    "999 byte",
    "1.5 kB",
    "12 MB",
    "5.3 TB",
  ]);
  assertEquals([0.4, 59.4, 200, 1000, 7325].map(showDuration), [
    "0 s",
    "59 s",
    "3 min 20 s",
    "16 min",
    "2 h 2 min",
  ]);
  assertEquals([0.01234, 12.345, 1234.5].map(showRate), ["0.0123", "12.3", "1,230"]);
});
