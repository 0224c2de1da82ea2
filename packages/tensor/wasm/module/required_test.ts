import { assertEquals, assertThrows } from "@std/assert";
import { required } from "./required.ts";

Deno.test("required() returns defined values, 0 included, and names missing ones", () => {
  assertEquals(required(0, "task function of chain"), 0);
  assertThrows(
    () => required(undefined, "task function of chain"),
    Error,
    "internal error in the WebAssembly generator: task function of chain is missing",
  );
});
