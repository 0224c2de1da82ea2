/**
 * `anomalies`: ranks items of a data set by their likelihood under a run.
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import { encodePng, UserError } from "@gasp/gasp";
import { valueRow } from "@gasp/gasp/compare";
import { type FunctionLikelihood, functionLikelihoods, labelledRows } from "@gasp/gasp/explore";
import { permutation } from "@gasp/tensor";
import { type Command, defineCommand } from "../command/command.ts";
import { openRun, RUN } from "../command/run_argument.ts";
import { withData } from "../files/data.ts";
import { pngPath, writeBytes } from "../files/files.ts";
import { type OptionTable, UsageError, type Values } from "../options/options.ts";
import { READ_OPTIONS, readOptionsOf } from "../options/read_options.ts";
import { print } from "../terminal/output.ts";
import {
  checkDimensions,
  decimalsOf,
  GENERATOR_OPTIONS,
  NOISE_OPTION,
  type OpenGenerator,
  withGenerator,
} from "./explore.ts";

const OPTIONS = {
  data: {
    kind: "text",
    value: "NAME|PATH|KIND:PATH",
    defaultText: "what the run was trained on",
    help: "Data whose items are ranked",
  },
  ...READ_OPTIONS,
  count: { kind: "integer", min: 1, max: 1_000_000, default: 32, help: "Number of items, chosen at random" },
  show: { kind: "integer", min: 1, max: 64, default: 8, help: "Number of items at each end that are shown" },
  noise: NOISE_OPTION,
  steps: {
    kind: "integer",
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    default: 150,
    help: "Number of optimisation steps of the search for latents",
  },
  restarts: {
    kind: "integer",
    min: 1,
    max: 4096,
    default: 4,
    help: "Number of starting points of the search for latents",
  },
  seed: {
    kind: "integer",
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    default: 0,
    help: "Random seed of the choice of items and of the starting points",
  },
  json: { kind: "text", value: "FILE", defaultText: "none", help: "File for the numbers of all items" },
  out: {
    kind: "text",
    value: "FILE.png",
    defaultText: "samples/anomalies.png in the folder of the run",
    help:
      "Sheet of the most and the least anomalous items, each above the function of the run that fits best",
  },
  ...GENERATOR_OPTIONS,
} satisfies OptionTable;

type Choices = Values<typeof OPTIONS>;

/** An item and its likelihood. */
interface Ranked extends FunctionLikelihood {
  readonly item: number;
}

/** The command. */
export const anomaliesCommand: Command = defineCommand({
  name: "anomalies",
  summary: "Rank items of data by their likelihood under a run.",
  positionals: [RUN],
  options: OPTIONS,
  examples: [
    "deno task anomalies runs/digits-1",
    "deno task anomalies runs/digits-1 --data ~/scans --count 500 --json anomalies.json",
  ],
  async run(values, [argument]) {
    const { name, folder, checkpoint } = await openRun(argument, values), { config } = checkpoint;
    const [noise = 0] = decimalsOf("noise", values.noise, "X");
    if (!(noise > 0)) throw new UsageError(`--noise must be above 0; got "${values.noise}"`);
    const data = values.data ?? config.data;
    const read = readOptionsOf(values) ?? (values.data === undefined ? config.read : undefined);
    const out = pngPath(values.out ?? `${folder}/samples/anomalies.png`);
    const { resolution } = config;
    const ranked = await withData(data, { resolution, ...(read && { read }) }, ({ dataset }) => {
      checkDimensions(dataset, name, checkpoint);
      return withGenerator(
        checkpoint,
        values,
        (generator) => rank(dataset, generator, { ...values, noise }, out),
      );
    });
    if (values.json !== undefined) {
      const text = JSON.stringify({ run: name, step: checkpoint.step, data, noise, items: ranked }, null, 2) +
        "\n";
      await writeBytes(values.json, new TextEncoder().encode(text));
    }
    print(tableOf(ranked, values.show));
    print(out);
    return 0;
  },
});

/** Ranks items by their anomaly, the largest first, and writes the sheet. */
async function rank(
  data: Dataset,
  { device, sampler, weights, activity }: OpenGenerator,
  choices: Omit<Choices, "noise"> & { readonly noise: number },
  out: string,
): Promise<Ranked[]> {
  if (data.batchCoordinates) {
    throw new UserError(
      `the items of "${data.name}" have points of their own, so their likelihoods cannot be compared`,
    );
  }
  const { count, seed, steps, restarts, noise, show } = choices, { generator } = sampler;
  const items = permutation({ seed, stream: "anomalies", step: 0 }, data.items).subarray(0, count);
  activity.next("ranking");
  const { likelihoods, latents } = await functionLikelihoods({
    ...{ generator, weights, device, noise, steps, restarts, seed },
    observations: {
      targets: items.length,
      points: data.pointCount,
      coordinates: data.coordinates,
      features: await data.batch(items),
    },
    onProgress: (part) => activity.at(part),
  });
  const order = likelihoods.map((_, i) => i).sort((a, b) =>
    likelihoods[b]!.anomaly - likelihoods[a]!.anomaly
  );
  // No item is at both ends
  const shown = Math.min(show, Math.max(1, Math.floor(order.length / 2)));
  const rows = [];
  for (
    const [label, ends] of [["anomalous", order.slice(0, shown)], ["usual", order.slice(-shown)]] as const
  ) {
    const best = Float32Array.from(
      ends.flatMap((i) => [...latents.subarray(i * generator.latentDim, (i + 1) * generator.latentDim)]),
    );
    rows.push(
      valueRow(label, data, await data.batch(ends.map((i) => items[i]!))),
      valueRow("best fit", data, await sampler.sample(weights, best, data.coordinates)),
    );
  }
  await writeBytes(out, encodePng(labelledRows(rows)));
  return order.map((i) => ({ item: items[i]!, ...likelihoods[i]! }));
}

/** The first and the last items as a table. */
function tableOf(ranked: readonly Ranked[], show: number): string {
  const ends = ranked.length <= 2 * show
    ? ranked
    : [...ranked.slice(0, show), undefined, ...ranked.slice(-show)];
  const hasLatent = ranked.some(({ latent }) => latent !== undefined);
  const head = ["item", "anomaly", "log p", "fit", "prior", "volume", ...(hasLatent ? ["latent"] : [])];
  const rows = ends.map((one) =>
    one === undefined ? ["…"] : [
      `${one.item}`,
      one.anomaly.toFixed(4),
      ...[one.evidence, one.fit, one.prior, one.volume].map((value) => value.toFixed(1)),
      ...(one.latent === undefined ? [] : [one.latent.toFixed(1)]),
    ]
  );
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? "").length))
  );
  return [head, ...rows].map((row) => row.map((word, column) => word.padStart(widths[column]!)).join("  "))
    .join("\n");
}
