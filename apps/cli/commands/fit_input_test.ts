/** @module */
import type { Checkpoint } from "@gasp/gasp";
import { displayCoordinates } from "@gasp/datasets";
import { writeNpy, writeNpz } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { classicFile } from "../../../packages/datasets/fields/climate_testing.ts";
import { readInput } from "./fit_input.ts";

const GRID = { latitudes: [90, 0, -90], longitudes: [0, 90, 180, 270], times: 3 };
const SPHERE = {
  kind: "sphere",
  latitudes: 5,
  longitudes: 8,
  scale: { low: -100, high: 300, units: "K" },
} as const;
const SIZES = { coordinateDim: 3, featureDim: 1 };

/** A checkpoint as far as inputs are read for it. */
function checkpointOf(display: Checkpoint["display"], model = SIZES, read = {}): Checkpoint {
  return { display, config: { model, ...read } } as unknown as Checkpoint;
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readInput() reads an item of a field file in the units of the run", () =>
  inFolder(async (folder) => {
    const input = `${folder}/a.nc`, file = classicFile(GRID);
    await Deno.writeFile(input, file);
    const of = async (item: number) =>
      await readInput(checkpointOf(SPHERE), { input, item, read: { variable: ["t2m"] } });
    const known = await of(2), first = await of(0);
    assertEquals([known.features.length, known.coordinates.length], [12, 36]);
    // The same values, in the scale of another run.
    const { low, high } = { low: 0, high: 1000 };
    const other = await readInput(
      checkpointOf({ ...SPHERE, scale: { low, high } }),
      { input, item: 2, read: { variable: ["t2m"] } },
    );
    known.features.forEach((feature, i) => {
      const value = -100 + (feature + 1) / 2 * 400;
      assertAlmostEquals(low + (other.features[i]! + 1) / 2 * (high - low), value, 1e-2);
    });
    assert(known.features.some((feature, i) => Math.abs(feature - first.features[i]!) > 1e-6));
  }));

Deno.test("readInput() reads as the run did, unless something is named", () =>
  inFolder(async (folder) => {
    const input = `${folder}/a.nc`;
    await Deno.writeFile(input, classicFile(GRID));
    const run = checkpointOf(SPHERE, SIZES, { read: { variable: ["none"] } });
    await assertRejects(
      () => readInput(run, { input, item: 0, read: undefined }),
      Error,
      "has no field none",
    );
    assertEquals((await readInput(run, { input, item: 0, read: { variable: ["t2m"] } })).features.length, 12);
  }));

Deno.test("readInput() refuses items and data that do not suit the run", () =>
  inFolder(async (folder) => {
    const input = `${folder}/a.nc`, pictures = `${folder}/a.npy`;
    await Deno.writeFile(input, classicFile(GRID));
    await Deno.writeFile(pictures, writeNpy({ shape: [2, 6, 6], data: new Uint8Array(72).fill(9) }));
    const run = checkpointOf(SPHERE), read = { variable: ["t2m"] };
    await assertRejects(
      () => readInput(run, { input, item: 3, read }),
      Error,
      "has items 0 to 2; got --item 3",
    );
    await assertRejects(
      () => readInput(run, { input: `images:${pictures}`, item: 0, read: undefined }),
      Error,
      "has 2 coordinates and 1 features at each point, the run 3 and 1",
    );
    await assertRejects(
      () => readInput(run, { input: undefined, item: 0, read }),
      Error,
      "fit needs --input",
    );
  }));

Deno.test("readInput() reads an item of arrays of pictures, and values at points as before", () =>
  inFolder(async (folder) => {
    const display = { kind: "image", height: 5, width: 5, channels: 1 } as const;
    const run = checkpointOf(display, { coordinateDim: 2, featureDim: 1 });
    const pixels = Uint8Array.from({ length: 50 }, (_, i) => i < 25 ? 0 : 255);
    await Deno.writeFile(`${folder}/a.npy`, writeNpy({ shape: [2, 5, 5], data: pixels }));
    const second = await readInput(run, { input: `${folder}/a.npy`, item: 1, read: undefined });
    assertEquals([second.grid, second.features], [display, new Float32Array(25).fill(1)]);
    const features = Float32Array.from({ length: 25 }, (_, i) => i / 25);
    const points = { shape: [25, 2], data: displayCoordinates(display) };
    await Deno.writeFile(
      `${folder}/a.npz`,
      writeNpz([["coordinates", points], ["features", { shape: [25, 1], data: features }]]),
    );
    const known = await readInput(run, { input: `${folder}/a.npz`, item: 0, read: undefined });
    assertEquals([known.grid, known.features], [display, features]);
  }));
