/**
 * Figure 13: set discriminators; appendix B.3: their Lipschitz constants.
 * @module
 */
import { checkpointSteps, type GaspState, methodOf, openCheckpoint } from "@gasp/gasp";
import { markdownTable } from "@gasp/gasp/compare";
import type { Experiment, ExperimentContext, Subject } from "./experiment.ts";
import { linePlot } from "./line_plot.ts";
import { forEachSubject, methodRows, someItems } from "./parts.ts";
import { type SetGradients, setGradients } from "./set_gradients.ts";
import type { SubjectName } from "./settings.ts";

const SUBJECTS: readonly SubjectName[] = ["digits", "small-faces"];

/** Number of real items at which gradients are computed. */
const ITEMS = 64;

/** The experiment. */
export const figure13: Experiment = {
  name: "figure13",
  caption:
    "Set discriminators (SD) on digits and on faces: in the paper they learn the first but not the second. The plots show, along " +
    "the training, the bounds of appendix B.3 for the Lipschitz constant of the discriminator's logit with respect to the features, " +
    "and the norms of its gradients at real items, which the R1 penalty acts on.",
  subjects: () => SUBJECTS,
  async run(context) {
    const texts = await forEachSubject(context, SUBJECTS, (subject) => drawSubject(context, subject));
    return texts.join("\n\n");
  },
};

async function drawSubject(context: ExperimentContext, subject: Subject): Promise<string> {
  const { name } = subject;
  await context.picture(`${name}.png`, await methodRows(context, subject, [["set", "SD"]]));
  const series = await alongTraining(context, subject);
  const line = (name: string, of: (found: SetGradients) => number) => ({
    name,
    points: series.map(([step, found]) => [step, of(found)] as const),
  });
  const lines = [
    line("paper's bound, all inputs", ({ bounds }) => bounds.paper),
    line("bound, all inputs", ({ bounds }) => bounds.bound),
    line("bound, features", ({ bounds }) => bounds.featureBound),
    line("largest gradient", ({ largest }) => largest),
    line("mean gradient", ({ mean }) => mean),
  ];
  const y = "Lipschitz constant and gradients", title = `SD on ${subject.data.name}`;
  await context.text(`${name}-lipschitz.svg`, await linePlot({ title, x: "step", y, yType: "log", lines }));
  return [
    `${name}:`,
    "",
    ...markdownTable([
      ["step", ...lines.map(({ name }) => name)],
      ...series.map(([step], i) => [`${step}`, ...lines.map(({ points }) => points[i]![1].toPrecision(3))]),
    ]),
  ].join("\n");
}

/** Bounds and gradients of the initial state and of all checkpoints. */
async function alongTraining(
  { device }: ExperimentContext,
  subject: Subject,
): Promise<(readonly [step: number, found: SetGradients])[]> {
  const { data } = subject, { config } = await subject.train("set"), store = await subject.store("set");
  const items = await data.batch(someItems(data, ITEMS));
  const gradientsOf = (state: unknown) => setGradients(config, state as GaspState, data, items, device);
  const series: (readonly [number, SetGradients])[] = [[
    0,
    await gradientsOf(methodOf(config).initialState(config)),
  ]];
  for (const step of await checkpointSteps(store)) {
    series.push([step, await gradientsOf(await (await openCheckpoint(store, step)).readState())]);
  }
  return series;
}
