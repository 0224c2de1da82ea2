import { assertEquals } from "@std/assert";
import { decode } from "fast-png";
import { encodePng } from "./png.ts";

Deno.test("encodePng() writes grey and colour files that decode to the same pixels", () => {
  for (const channels of [1, 3] as const) {
    const pixels = Uint8Array.from({ length: 5 * 7 * channels }, (_, i) => i * 53 % 256);
    const decoded = decode(encodePng({ height: 5, width: 7, channels, pixels }));
    assertEquals([decoded.height, decoded.width, decoded.channels, decoded.depth], [5, 7, channels, 8]);
    assertEquals([...decoded.data], [...pixels]);
  }
});
