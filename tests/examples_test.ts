/**
 * Runs every example in a separate process, with few steps, and checks its output.
 */
import { decodeImage } from "@gasp/datasets";
import { randomUniform } from "@gasp/tensor";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { imports } from "../tools/source.ts";
import { inFolder } from "./cli.ts";
import { EXAMPLES, runExample } from "./examples.ts";

/** Examples that use only what the guide explains. */
const GUIDE = [
  "linear_regression.ts",
  "siren.ts",
  "point_cloud_classifier.ts",
  "vae_digits.ts",
  "nearest_neighbours.ts",
];

/** Returns the numbers matched by the groups of a pattern. */
function numbersIn(text: string, pattern: RegExp): number[] {
  assertMatch(text, pattern);
  return pattern.exec(text)!.slice(1).map(Number);
}

/** Returns the names of the examples that consist of one file. */
async function programs(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(EXAMPLES)) if (name.endsWith(".ts")) names.push(name);
  return names;
}

Deno.test("the examples of the guide have fewer than 60 lines, and every example is listed and tested", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", EXAMPLES));
  const tests = await Deno.readTextFile(new URL(import.meta.url));
  for (const name of await programs()) {
    const lines = (await Deno.readTextFile(new URL(name, EXAMPLES))).trimEnd().split("\n").length;
    assert(!GUIDE.includes(name) || lines < 60, `${name} has ${lines} lines`);
    assert(readme.includes(`(${name})`), `examples/README.md does not list ${name}`);
    assert(tests.includes(`runExample(folder, "${name}"`), `no test runs ${name}`);
  }
});

Deno.test("the examples import packages by name only", async () => {
  for (const name of [...await programs(), "sample_in_browser/page.js"]) {
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

Deno.test("linear_regression.ts recovers the coefficients of the plane", () =>
  inFolder(async (folder) => {
    const text = await runExample(folder, "linear_regression.ts", "100");
    const found = numbersIn(text, /weights ([-\d.]+), ([-\d.]+), ([-\d.]+), offset ([-\d.]+)/);
    const expected = [2, -1, 0.5, 3];
    // The standard error of each is 0.1 / √500 = 0.0045.
    assert(found.every((value, i) => Math.abs(value - expected[i]!) < 0.02), text);
    assert(numbersIn(text, /step 100: loss ([\d.]+)/)[0]! < 0.012, text); // The variance of the noise is 0.01.
  }));

Deno.test("siren.ts fits a face and draws it at four times the resolution", () =>
  inFolder(async (folder) => {
    const text = await runExample(folder, "siren.ts", "100", "face.png");
    assert(numbersIn(text, /PSNR ([\d.]+) dB/)[0]! > 24, text);
    const { height, width, channels } = await decodeImage(
      await Deno.readFile(`${folder}/face.png`),
      "face.png",
    );
    assertEquals([height, width, channels], [192, 192, 3]);
  }));

Deno.test("point_cloud_classifier.ts distinguishes three shapes well above chance level", () =>
  inFolder(async (folder) => {
    const text = await runExample(folder, "point_cloud_classifier.ts", "150");
    assert(numbersIn(text, /([\d.]+) % of the last clouds/)[0]! > 70, text);
  }));

Deno.test("vae_digits.ts learns to encode digits and samples new ones", () =>
  inFolder(async (folder) => {
    const text = await runExample(folder, "vae_digits.ts", "150", "vae.png");
    const [first, last] = [
      numbersIn(text, /step 1: ([\d.]+)/)[0]!,
      numbersIn(text, /step 150: ([\d.]+)/)[0]!,
    ];
    // Predicting the mean digit without using the code costs 206 nats.
    assert(first > 500 && last < 195, text);
    const { pixels } = await decodeImage(await Deno.readFile(`${folder}/vae.png`), "vae.png");
    assert(new Set(pixels).size > 100);
  }));

Deno.test("nearest_neighbours.ts recognises digits", () =>
  inFolder(async (folder) => {
    const text = await runExample(folder, "nearest_neighbours.ts", "2000");
    assert(numbersIn(text, /([\d.]+) % of 500 digits are right/)[0]! > 85, text);
  }));
