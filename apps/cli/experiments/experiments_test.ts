/** @module */
import { type Dataset, gridCoordinates, sphereCoordinates } from "@gasp/datasets";
import { type FunctionModel, MemoryStore, type RunConfig, UserError } from "@gasp/gasp";
import { openDevice } from "@gasp/tensor";
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import type { Experiment } from "./experiment.ts";
import { relativeError } from "./figure12.ts";
import { jumpProfile } from "./jump_profile.ts";
import { linePlot } from "./line_plot.ts";
import { reproduce, type ReproductionRequest, requireData } from "./reproduction.ts";
import { configFor, type SubjectName } from "./settings.ts";
import { EXPERIMENTS } from "./table.ts";

const device = await openDevice("wasm", { threads: 1 });
globalThis.addEventListener("unload", () => void device.close());

/** Forty smooth functions of the coordinates, as data of each kind. */
function smallData({ data, resolution }: Pick<RunConfig, "data" | "resolution">): Dataset {
  const scale = { low: 200, high: 300 };
  const kinds: Record<string, Pick<Dataset, "coordinates" | "coordinateDim" | "featureDim" | "display">> = {
    mnist: plane(resolution, 1),
    faces: plane(resolution, 3),
    chairs: {
      coordinates: gridCoordinates([resolution, resolution, resolution]),
      coordinateDim: 3,
      featureDim: 1,
      display: { kind: "volume", resolution },
    },
    era5: {
      coordinates: sphereCoordinates(resolution, 8),
      coordinateDim: 3,
      featureDim: 1,
      display: { kind: "sphere", latitudes: resolution, longitudes: 8, scale },
    },
  };
  const kind = kinds[data === "examples/data/t2m.nc" ? "era5" : data]!,
    { coordinates, coordinateDim, featureDim } = kind;
  const pointCount = coordinates.length / coordinateDim;
  const batch = (indices: ArrayLike<number>) => {
    const values = Array.from(indices, (item) =>
      Array.from({ length: pointCount * featureDim }, (_, i) => {
        const at = Math.floor(i / featureDim) * coordinateDim;
        return 0.9 * Math.sin(item + i % featureDim + 2 * coordinates[at]! - item % 3 * coordinates[at + 1]!);
      }));
    return Promise.resolve(Float32Array.from(values.flat()));
  };
  return { ...kind, name: data, items: 40, pointCount, batch };
}

function plane(resolution: number, channels: 1 | 3) {
  return {
    coordinates: gridCoordinates([resolution, resolution]),
    coordinateDim: 2,
    featureDim: channels,
    display: { kind: "image", height: resolution, width: resolution, channels },
  } as const;
}

/** Requests that share their files. */
function requests() {
  const stores = new Map<string, MemoryStore>(), parts: string[] = [];
  const open = (path: string) => {
    const store = stores.get(path) ?? new MemoryStore(path);
    stores.set(path, store);
    return Promise.resolve(store);
  };
  const requestFor = (
    experiment: Experiment,
    more: Partial<ReproductionRequest> = {},
  ): ReproductionRequest => ({
    ...{ experiment, device, open, scale: "tiny", columns: 3, inception: undefined },
    clock: () => performance.now() / 1000,
    machine: { cores: "2" },
    signal: new AbortController().signal,
    part: (what) => void parts.push(what),
    progress: () => {},
    dataFolder: "data",
    command: `deno task reproduce ${experiment.name}`,
    exists: () => Promise.resolve(true),
    withData: (config, use) => use(smallData(config)),
    ...more,
  });
  return { stores, parts, requestFor };
}

/** Pictures and plots that each experiment writes. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  table1: ["samples.png", "table.md"],
  figure5: ["faces.png"],
  figure6: ["superresolution.png"],
  figure7: ["baselines.png"],
  figure8: ["memory-by-resolution.svg", "memory.svg", "time-by-resolution.svg", "time.svg"],
  figure9: ["resolutions.png"],
  figure10: ["shapes.png"],
  figure11: ["globe-gasp.png", "globe-grid.png", "interpolation.png", "jumps.svg", "samples.png"],
  figure12: ["digits", "small-faces"].flatMap((name) =>
    ["flow", "prior", "reconstructions"].map((what) => `${name}-${what}.png`)
  ),
  figure13: ["digits-lipschitz.svg", "digits.png", "small-faces-lipschitz.svg", "small-faces.png"],
};

const shared = requests();

for (const experiment of EXPERIMENTS) {
  Deno.test(`${experiment.name} runs at a tiny scale and leaves a folder that says what was done`, async () => {
    const { stores, requestFor } = shared;
    assert(await reproduce(requestFor(experiment)));
    const { files } = stores.get(experiment.name)!, text = new TextDecoder().decode(files.get("README.md"));
    assert(
      text.includes(experiment.caption) && text.includes(`deno task reproduce ${experiment.name}`),
      text,
    );
    const names = [...files.keys()];
    assertEquals(
      names.filter((name) => /\.(?:png|svg)$|^table\.md$/.test(name)).sort(),
      FILES[experiment.name],
    );
    const configs = names.filter((name) => name.startsWith("configs/"));
    assertEquals(configs.length > 0, !["figure8", "table1"].includes(experiment.name));
    if (/^(?:table1|figure(?:7|8|10|11|12|13))$/.test(experiment.name)) {
      assert(/^\| .+ \|$/m.test(text), "no table");
    }
    assert(!/NaN|undefined/.test(text), text);
  });
}

Deno.test("reproduce() stops at the signal, continues, and does not train again what another experiment trained", async () => {
  const { requestFor, stores, parts } = requests(), stop = new AbortController();
  const find = (name: string) => EXPERIMENTS.find((experiment) => experiment.name === name)!;
  const stopping = { signal: stop.signal, progress: (fraction: number) => fraction === 0.5 && stop.abort() };
  assertEquals(
    await reproduce(requestFor(find("figure5"), { ...stopping, progress: (f) => void stopping.progress(f) })),
    false,
  );
  const run = stores.get("runs/faces-5-gasp")!;
  assert(run.files.has("checkpoints/step-2.safetensors") && !run.files.has("checkpoints/step-4.safetensors"));
  assert(await reproduce(requestFor(find("figure5"))));
  const written = run.files.get("checkpoints/step-4.safetensors");
  let steps = 0;
  assert(await reproduce(requestFor(find("figure6"), { progress: () => void steps++ })));
  assertEquals([steps, run.files.get("checkpoints/step-4.safetensors") === written], [0, true]);
  assert(parts.length > 0);
});

Deno.test("reproduce() trains as many steps as it is asked to, beside the runs of the scale's own length", async () => {
  const { requestFor, stores } = requests();
  const find = (name: string) => EXPERIMENTS.find((experiment) => experiment.name === name)!;
  assert(await reproduce(requestFor(find("figure5"))));
  assert(await reproduce(requestFor(find("figure5"), { steps: 6 })));
  assertEquals([...stores.keys()], ["figure5", "runs/faces-5-gasp", "runs/faces-5-gasp-6-steps"]);
  const text = (folder: string, path: string) =>
    new TextDecoder().decode(stores.get(folder)!.files.get(path));
  assert(stores.get("runs/faces-5-gasp-6-steps")!.files.has("checkpoints/step-6.safetensors"));
  assertEquals(JSON.parse(text("figure5", "configs/faces-gasp.json")).steps, 6);
  assert(text("figure5", "README.md").includes("Trained for 6 steps each."));
  assert(await reproduce(requestFor(find("table1"), { steps: 3 })));
  assertEquals(JSON.parse(text("table1", "comparison.json")).settings.budget, { steps: 3 });
});

Deno.test("requireData() says what to download where", async () => {
  const { requestFor } = requests();
  const exists = () => Promise.resolve(false);
  const refuse = (name: string, more: Partial<ReproductionRequest>, ...messages: string[]) =>
    Promise.all(messages.map((message) =>
      assertRejects(
        () =>
          requireData(
            requestFor(EXPERIMENTS.find((experiment) => experiment.name === name)!, { exists, ...more }),
          ),
        UserError,
        message,
      )
    ));
  await refuse("table1", { scale: "paper" }, "data/celebahq", "--inception FILE", "docs/metrics.md");
  await refuse("figure11", { scale: "paper", dataFolder: "there" }, "there/era5", "NetCDF");
  await refuse("figure11", { scale: "laptop" }, "examples/data/t2m.nc", "part of the repository");
  await requireData(requestFor(EXPERIMENTS[1]!, { scale: "laptop", exists }));
  await requireData(requestFor(EXPERIMENTS[1]!, { scale: "paper" }));
});

const USED: Readonly<Record<SubjectName, readonly string[]>> = {
  digits: ["gasp", "set", "autodecoder", "latent-flow"],
  faces: ["gasp", "set", "autodecoder", "latent-flow", "convgan"],
  faces128: ["gasp"],
  "small-faces": ["gasp", "set", "autodecoder", "latent-flow", "convnp"],
  shapes: ["gasp", "set", "vae"],
  climate: ["gasp", "grid"],
};

for (const [name, methods] of Object.entries(USED) as [SubjectName, readonly string[]][]) {
  Deno.test(`configFor() has the paper's sizes for all methods on ${name}`, () => {
    const paper = configFor(name, "paper", "gasp", "data"),
      laptop = configFor(name, "laptop", "gasp", "data");
    assert(paper.steps > 5 * laptop.steps);
    for (const method of methods) {
      const config = configFor(name, "paper", method, "data");
      assertEquals([config.method, config.resolution, config.steps, config.batchSize, config.data], [
        method,
        paper.resolution,
        paper.steps,
        paper.batchSize,
        paper.data,
      ]);
      const own = configFor(name, "laptop", method, "data").model;
      if ("functionHidden" in own) {
        assertEquals((config.model as Partial<FunctionModel>).functionHidden, [128, 128, 128]);
      }
      if (method === "set") assertEquals(config.training, paper.training);
      else if ("subset" in config.training && "subset" in paper.training) {
        assertEquals(config.training.subset, paper.training.subset);
      }
      assertEquals(configFor(name, "tiny", method, "data").steps, 4);
    }
  });
}

Deno.test("jumpProfile() finds the date line and the ratio of its jump", () => {
  const [rows, columns] = [5, 9], coordinates = sphereCoordinates(rows, columns);
  const longitudes = Float64Array.from(
    { length: rows * columns },
    (_, i) => Math.atan2(coordinates[3 * i + 1]!, coordinates[3 * i]!),
  );
  // A ramp from -180° to 180° rises by one column everywhere, and falls by eight across the date line
  const ramp = Float32Array.from(longitudes, (angle) => angle * columns / (2 * Math.PI));
  const { ratio, jumps, longitudes: between } = jumpProfile(ramp, coordinates, rows, columns);
  assertAlmostEquals(ratio, columns - 1, 1e-3);
  assertEquals([between.at(-1), jumps.indexOf(Math.max(...jumps))], [180, columns - 1]);
  const wave = Float32Array.from(longitudes, (angle) => Math.sin(angle));
  assert(Math.abs(jumpProfile(wave, coordinates, rows, columns).ratio - 1) < 0.7);
});

Deno.test("relativeError() is 0 for exact reconstructions and 1 for the mean", () => {
  const items = Float32Array.of(1, 5, 3, 7);
  assertEquals(relativeError(items, items, 2), 0);
  assertEquals(relativeError(items, Float32Array.of(2, 6, 2, 6), 2), 1);
});

Deno.test("linePlot() draws each line in its colour with its name", async () => {
  const lines = [{ name: "first", points: [[1, 2], [3, 4]] }, {
    name: "second",
    points: [[1, 1], [3, 9]],
  }] as const;
  const svg = await linePlot({ title: "both", x: "step", y: "value", yType: "log", lines });
  assert(svg.startsWith("<svg") && svg.includes('xmlns="http://www.w3.org/2000/svg"'));
  const colours = new Map(["first", "second"].map((name) => {
    const label = new RegExp(`<text fill="(#\\w+)"[^>]*>${name}</text>`).exec(svg);
    return [name, label?.[1]];
  }));
  // A line from the lower left ends higher where its last value is larger
  for (const [name, from, to] of [["first", 2, 4], ["second", 1, 9]] as const) {
    const path = new RegExp(`<path d="M[\\d.]+,([\\d.]+)L[\\d.]+,([\\d.]+)" stroke="${colours.get(name)}"`)
      .exec(svg);
    // The axis is logarithmic from 1 to 9
    const [high, low] = [40, 375], at = (value: number) => low - (low - high) * Math.log(value) / Math.log(9);
    assertAlmostEquals(Number(path?.[1]), at(from), 0.01);
    assertAlmostEquals(Number(path?.[2]), at(to), 0.01);
  }
  for (const word of ["both", "step", "value"]) assert(svg.includes(word), word);
});
