import { assertEquals, assertThrows } from "@std/assert";
import { parseByteSize } from "./byte_size.ts";
import { UsageError } from "./options.ts";

Deno.test("parseByteSize() reads decimal and binary units and plain bytes", () => {
  assertEquals(parseByteSize("800MB"), 800e6);
  assertEquals(parseByteSize("1.5 GiB"), 1.5 * 2 ** 30);
  assertEquals(parseByteSize("2gb"), 2e9);
  assertEquals(parseByteSize("4096"), 4096);
});

Deno.test("parseByteSize() rejects invalid sizes", () => {
  for (const text of ["", "much", "-1GB", "0", "3 parsecs", "1..2MB", "GB"]) {
    assertThrows(() => parseByteSize(text), UsageError, "a size such as 800MB");
  }
});
