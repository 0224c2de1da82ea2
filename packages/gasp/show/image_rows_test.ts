import { assertEquals, assertThrows } from "@std/assert";
import { limitMemory, MemoryError, openDevice } from "@gasp/tensor";
import { asGasp, generatorOf, initialGenerator, resolveRunConfig } from "../mod.ts";
import { sampleForDisplay, sampleLatents, Sampler } from "../sampling/sampler.ts";
import { exportSamples, requireExport } from "./export_samples.ts";
import { imageRows } from "./image_rows.ts";
import { sheetOf } from "./sheet.ts";

const display = { kind: "image", height: 12, width: 12, channels: 1 } as const;

async function withSampler(
  work: (sampler: Sampler, weights: ReturnType<typeof initialGenerator>) => Promise<void>,
) {
  await using device = await openDevice("wasm");
  const config = asGasp(resolveRunConfig({ preset: "tiny" }));
  const sampler = new Sampler(generatorOf(config), device);
  await work(sampler, initialGenerator(config.model, 0));
  sampler.release();
}

for (
  const [what, count, resolution, columns] of [
    ["enlarged samples, the last row of which is not full", 5, 20, 3],
    ["one sample in two blocks of rows", 1, 600, undefined],
  ] as const
) {
  Deno.test(`imageRows() draws what sheetOf() does: ${what}`, () =>
    withSampler(async (sampler, weights) => {
      const latents = sampleLatents(3, count, sampler.generator.latentDim);
      const samples = await sampleForDisplay(sampler, weights, { latents, display, resolution });
      const sheet = sheetOf(samples, columns);
      const sizes = { display, resolution, ...(columns !== undefined && { columns }) };
      const { height, width, rows } = imageRows(sampler, weights, latents, sizes);
      assertEquals([height, width], [sheet.height, sheet.width]);
      let at = 0;
      for await (const row of rows) {
        assertEquals(row, Uint8ClampedArray.from(sheet.pixels.subarray(at, at += width)));
      }
      assertEquals(at, sheet.pixels.length);
    }));
}

Deno.test("exportSamples() writes large images in parts, in memory that their height does not change", () =>
  withSampler(async (sampler, weights) => {
    const latents = sampleLatents(0, 1, sampler.generator.latentDim);
    const request = { sampler, weights, latents, display, format: "png", separate: true } as const;
    using _limit = limitMemory(2e7);
    for await (const { bytes } of exportSamples({ ...request, resolution: 2100 })) {
      const parts = bytes instanceof Uint8Array ? [bytes] : await Array.fromAsync(bytes);
      const [header] = parts;
      assertEquals(parts.length > 2, true);
      // Width and height of the image
      assertEquals([...header!.subarray(16, 24)], [0, 0, 8, 52, 0, 0, 8, 52]);
    }
    const { model } = resolveRunConfig({ preset: "tiny" });
    requireExport({ ...request, resolution: 8192, count: 1 }, model);
    assertThrows(
      () => requireExport({ ...request, resolution: 2000, count: 1 }, model),
      MemoryError,
      "resolution",
    );
  }));
