import { assertEquals } from "@std/assert";
import { terminalPreview } from "./terminal_preview.ts";

Deno.test("terminalPreview() shows two rows of pixels per line", () => {
  const image = {
    height: 2,
    width: 2,
    channels: 3,
    pixels: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7),
  } as const;
  assertEquals(
    terminalPreview(image, 80),
    "\x1b[38;2;255;0;0m\x1b[48;2;0;0;255m▀\x1b[38;2;0;255;0m\x1b[48;2;9;8;7m▀\x1b[0m\n",
  );
});

Deno.test("terminalPreview() leaves the lower half of an odd last row to the terminal", () => {
  const image = { height: 1, width: 2, channels: 1, pixels: Uint8Array.of(7, 7) } as const;
  assertEquals(terminalPreview(image, 80), "\x1b[38;2;7;7;7m▀▀\x1b[0m\n");
});

Deno.test("terminalPreview() downsamples to the number of columns by averaging", () => {
  const image = {
    height: 4,
    width: 4,
    channels: 1,
    pixels: Uint8Array.from({ length: 16 }, (_, i) => i * 10),
  } as const;
  assertEquals(
    terminalPreview(image, 2),
    "\x1b[38;2;25;25;25m\x1b[48;2;105;105;105m▀\x1b[38;2;45;45;45m\x1b[48;2;125;125;125m▀\x1b[0m\n",
  );
});

Deno.test("terminalPreview() finds the nearest of 256 colours", () => {
  const pixels = Uint8Array.of(0, 0, 0, 255, 255, 255, 128, 128, 128, 255, 0, 0, 95, 135, 175, 10, 200, 250);
  const text = terminalPreview({ height: 1, width: 6, channels: 3, pixels }, 6, "256");
  assertEquals([...text.matchAll(/38;5;(\d+)m/g)].map((match) => Number(match[1])), [
    16,
    231,
    244,
    196,
    67,
    45,
  ]);
});
