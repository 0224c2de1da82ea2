/**
 * Figure 11: fields on the sphere, and the seam of a model of flat maps.
 * @module
 */
import { type Checkpoint, globe, type RasterImage, sampleLatents, UserError } from "@gasp/gasp";
import { markdownTable, sampleRow, valueRow, withSampler } from "@gasp/gasp/compare";
import { interpolateLatents, labelledRows } from "@gasp/gasp/explore";
import type { Dataset, SphereDisplay } from "@gasp/datasets";
import type { Experiment, ExperimentContext } from "./experiment.ts";
import { type JumpProfile, jumpProfile } from "./jump_profile.ts";
import { linePlot } from "./line_plot.ts";
import { methodRows, someItems } from "./parts.ts";

const METHODS = [["gasp", "GASP"], ["grid", "grid"]] as const;

/** Number of samples whose jumps are averaged. */
const FIELDS = { paper: 1000, laptop: 200, tiny: 8 } as const;

/** The experiment. */
export const figure11: Experiment = {
  name: "figure11",
  caption:
    "Fields on the sphere: samples of GASP, and of the same model over flat latitudes and longitudes (grid), whose samples jump " +
    "at the edge of the map, the date line; an interpolation in latent space. The plot shows the mean jump between neighbouring " +
    "meridians; the ratio is that of the jump across the date line to the mean of all others.",
  subjects: () => ["climate"],
  run: (context) =>
    context.withSubject("climate", async (subject) => {
      const { data } = subject, { display } = data;
      if (display.kind !== "sphere") {
        throw new UserError(`figure11 needs fields on the sphere, not ${display.kind}`);
      }
      await context.picture("samples.png", await methodRows(context, subject, METHODS));
      const checkpoints = [];
      for (const [method, label] of METHODS) checkpoints.push([label, await subject.train(method)] as const);
      await context.picture("interpolation.png", await interpolation(context, data, checkpoints[0]![1]));
      const count = FIELDS[context.scale];
      const real = await data.batch(someItems(data, count));
      const profiles: (readonly [string, JumpProfile])[] = [["real items", profileOf(real, data, display)]];
      for (const [label, checkpoint] of checkpoints) {
        const fields = await fieldsOf(context, data, checkpoint, count);
        profiles.push([label, profileOf(fields, data, display)]);
        await context.picture(`globe-${label.toLowerCase()}.png`, dateLineGlobe(fields, data, display));
      }
      const lines = profiles.map(([name, { jumps, longitudes }]) => ({
        name,
        points: Array.from(jumps, (jump, i) => [longitudes[i]!, jump] as const),
      }));
      const title = `mean of ${count} fields`, x = "longitude, degrees", y = "mean jump between meridians";
      await context.text("jumps.svg", await linePlot({ title, x, y, lines }));
      return markdownTable([
        ["fields", "jump across the date line / mean jump"],
        ...profiles.map(([name, { ratio }]) => [name, ratio.toFixed(3)]),
      ]).join("\n");
    }),
};

function profileOf(fields: Float32Array, { coordinates }: Dataset, { latitudes, longitudes }: SphereDisplay) {
  return jumpProfile(fields, coordinates, latitudes, longitudes);
}

function fieldsOf({ device }: ExperimentContext, data: Dataset, checkpoint: Checkpoint, count: number) {
  return withSampler(
    checkpoint,
    device,
    (sampler, weights) =>
      sampler.sample(weights, sampleLatents(0, count, sampler.generator.latentDim), data.coordinates),
  );
}

/** The first field, seen from above the date line. */
function dateLineGlobe(fields: Float32Array, data: Dataset, display: SphereDisplay): RasterImage {
  const values = fields.subarray(0, data.pointCount);
  return globe({ values, ...display }, display.scale, [], { latitude: 20, longitude: 180, size: 256 });
}

async function interpolation(
  { device, columns }: ExperimentContext,
  data: Dataset,
  checkpoint: Checkpoint,
): Promise<RasterImage> {
  const row = await withSampler(checkpoint, device, async (sampler, weights) => {
    const { latentDim } = sampler.generator, ends = sampleLatents(1, 2, latentDim);
    const [from, to] = [ends.slice(0, latentDim), ends.slice(latentDim)];
    const latents = interpolateLatents({ from, to, steps: columns, path: "spherical" });
    return valueRow("interpolation", data, await sampler.sample(weights, latents, data.coordinates));
  });
  return labelledRows([await sampleRow("samples", checkpoint, data, device, columns), row]);
}
