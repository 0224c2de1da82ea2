import { assertEquals } from "@std/assert";
import { showBytes } from "./show_bytes.ts";

Deno.test("showBytes() picks a unit", () => {
  assertEquals([0, 1023, 1536, 20 << 20, 3 * 2 ** 30, 200 * 2 ** 40].map(showBytes), [
    "0 bytes",
    "1023 bytes",
    "1.5 KiB",
    "20.0 MiB",
    "3.0 GiB",
    "200 TiB",
  ]);
});
