/**
 * Runs every example in a separate process, with few steps, and checks its output.
 */
import { decodeImage } from "@gasp/datasets";
import { randomUniform } from "@gasp/tensor";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { imports } from "../tools/source.ts";
import { inFolder } from "./cli.ts";
import { EXAMPLES, runExample } from "./examples.ts";

/** Returns the numbers matched by the groups of a pattern. */
function numbersIn(text: string, pattern: RegExp): number[] {
  assertMatch(text, pattern);
  return pattern.exec(text)!.slice(1).map(Number);
}

Deno.test("the examples import packages by name only", async () => {
  const names = ["fit_image.ts", "second_derivative.ts", "neighbour_search.ts", "train_own_points.ts"];
  for (const name of [...names, "sample_in_browser/page.js"]) {
    const found = imports(await Deno.readTextFile(new URL(name, EXAMPLES)));
    assert(found.length > 0 && found.every(({ specifier }) => specifier.startsWith("@gasp/")), name);
  }
});

Deno.test("fit_image.ts fits better with Fourier features, and writes the image beside both fits", () =>
  inFolder(async (folder) => {
    const text = await runExample(folder, "fit_image.ts", "60", "fits.png");
    const [plain, fourier] = numbersIn(text, /coordinates: +([\d.]+) dB\nFourier features: ([\d.]+) dB/);
    assert(plain! > 15 && fourier! > plain! + 3, text);
    const { height, width, channels } = await decodeImage(
      await Deno.readFile(`${folder}/fits.png`),
      "fits.png",
    );
    assertEquals([height, width, channels], [192, 3 * 192 + 4, 3]);
  }));

Deno.test("second_derivative.ts agrees with the closed form", () =>
  inFolder(async (folder) => {
    const text = await runExample(folder, "second_derivative.ts");
    const [difference, largest] = numbersIn(
      text,
      /maximum difference .*: ([\d.e-]+) for values up to ([\d.]+)/,
    );
    assert(largest! > 0.1 && difference! < 1e-5 * largest!, text);
  }));

Deno.test("neighbour_search.ts agrees with brute force", () =>
  inFolder(async (folder) => {
    const count = 3000, text = await runExample(folder, "neighbour_search.ts", String(count));
    const points = randomUniform({ seed: 0, stream: "cloud", step: 0 }, count * 3, -1, 1);
    const distanceTo = (centre: ArrayLike<number>, i: number) =>
      Math.hypot(...[0, 1, 2].map((axis) => points[3 * i + axis]! - centre[axis]!));
    const all = Array.from({ length: count }, (_, i) => i);
    const nearest = all.toSorted((a, b) => distanceTo(points, a) - distanceTo(points, b)).slice(0, 3);
    const found = [...text.matchAll(/neighbour \d of point 0: point (\d+) at ([\d.]+)/g)];
    assertEquals(
      found.map(([, point, distance]) => [point, distance]),
      nearest.map((point) => [String(point), distanceTo(points, point).toFixed(4)]),
    );
    const [within, radius] = numbersIn(text, /(\d+) points within ([\d.]+)/);
    assertEquals(within, all.filter((point) => distanceTo([0, 0, 0], point) <= radius!).length);
  }));

Deno.test("train_own_points.ts learns waves", () =>
  inFolder(async (folder) => {
    const text = await runExample(folder, "train_own_points.ts", "200");
    const [amplitude, share] = numbersIn(text, /samples: ([\d.]+),.*\n.*power: ([\d.]+),/);
    assert(amplitude! > 0.2 && amplitude! < 1.1 && share! > 0.5, text);
  }));
