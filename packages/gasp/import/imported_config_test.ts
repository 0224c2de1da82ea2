/** @module */
import { randomNormal } from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import type { HostTensor } from "../state/host_record.ts";
import { GASP_PRESETS as PRESETS } from "../methods/gasp/presets.ts";
import type { GeneratorModel } from "./generator_source.ts";
import { chooseConfig } from "./imported_config.ts";
import { displayOf, guessKind } from "./imported_display.ts";

const PAPER = { latentDim: 64, hyperHidden: [256, 512], functionHidden: [128, 128, 128], frequencies: 128 };

function drawn(coordinateDim: number, sigma: number): HostTensor {
  const data = randomNormal({ seed: 0, stream: "test", step: 0 }, 128 * coordinateDim).map((x) => x * sigma);
  return { shape: [128, coordinateDim], data };
}

const RELEASED: readonly (readonly [keyof typeof PRESETS, string, GeneratorModel, HostTensor | undefined])[] =
  [
    ["mnist", "image", { ...PAPER, coordinateDim: 2, featureDim: 1 }, drawn(2, 1)],
    ["celebahq64", "image", { ...PAPER, coordinateDim: 2, featureDim: 3 }, drawn(2, 2)],
    ["celebahq128", "image", { ...PAPER, coordinateDim: 2, featureDim: 3 }, drawn(2, 3)],
    ["era5", "sphere", { ...PAPER, coordinateDim: 3, featureDim: 1 }, drawn(3, 2)],
    [
      "shapenet-voxels",
      "volume",
      { ...PAPER, coordinateDim: 3, featureDim: 1, frequencies: null },
      undefined,
    ],
  ];

for (const [preset, expected, model, frequencies] of RELEASED) {
  Deno.test(`chooseConfig() identifies the preset ${preset} by its networks and frequencies`, () => {
    const kind = guessKind(model);
    assert(kind);
    assertEquals(kind, expected);
    const { config } = chooseConfig(model, frequencies, kind, undefined);
    assertEquals(config, PRESETS[preset]);
  });
}

Deno.test("guessKind() returns undefined for other dimensions", () => {
  for (const [coordinateDim, featureDim] of [[1, 1], [2, 2], [3, 3], [4, 1]] as const) {
    assertEquals(guessKind({ ...PAPER, coordinateDim, featureDim }), undefined);
  }
});

Deno.test("displayOf() shows the sphere in the authors' units and aspect ratio", () => {
  const display = displayOf("sphere", { ...PAPER, coordinateDim: 3, featureDim: 1 }, 46);
  assert(display.kind === "sphere");
  assertEquals([display.latitudes, display.longitudes], [46, 90]);
  assertEquals([display.scale.low, display.scale.high, display.scale.units], [202.66, 320.93, "K"]);
});
