import { assertEquals } from "@std/assert";
import { parseLosses } from "./losses.ts";

Deno.test("parseLosses() leaves out a line that is being written", () => {
  assertEquals(parseLosses('{"step":5,"generator":1.5}\n{"step":10,"generator":2}\n{"step":15,"gen'), [
    { step: 5, values: { generator: 1.5 } },
    { step: 10, values: { generator: 2 } },
  ]);
});
