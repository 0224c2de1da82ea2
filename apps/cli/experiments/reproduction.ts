/**
 * Runs an experiment in a folder of its own, with its configurations, the commands and the machine.
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import { encodePng, type RunConfig, type RunStore, UserError } from "@gasp/gasp";
import { trainToEnd } from "@gasp/gasp/compare";
import { type Experiment, type ExperimentContext, Stopped, type Subject } from "./experiment.ts";
import { configFor, type Need, needOf, type SubjectName } from "./settings.ts";

/** What a reproduction needs besides the experiment. */
export interface ReproductionRequest extends
  Pick<
    ExperimentContext,
    "scale" | "device" | "clock" | "machine" | "columns" | "signal" | "inception" | "part" | "progress"
  > {
  /** The experiment. */
  readonly experiment: Experiment;
  /** Folder of data that are not bundled. */
  readonly dataFolder: string;
  /** Steps of each training, instead of those of its configuration. */
  readonly steps?: number | undefined;
  /** The command, for the record. */
  readonly command: string;
  /** Whether a file or folder exists. @param path Path. */
  exists(path: string): Promise<boolean>;
  /** Opens data, passes them to a function and closes them. @param config Name and resolution. @param use Uses them. */
  withData<T>(config: Pick<RunConfig, "data" | "resolution">, use: (data: Dataset) => Promise<T>): Promise<T>;
  /** Opens a folder within that of all experiments of the scale. @param path Relative path. */
  open(path: string): Promise<RunStore>;
}

/**
 * Checks that the data of an experiment exist.
 *
 * @param request Experiment, scale and folder of data.
 * @throws {UserError} With what to download where, if they do not.
 */
export async function requireData(
  { experiment, scale, dataFolder, inception, exists }: Pick<
    ReproductionRequest,
    "experiment" | "scale" | "dataFolder" | "inception" | "exists"
  >,
): Promise<void> {
  const needs = experiment.subjects(scale).flatMap((name) => needOf(name, scale, dataFolder) ?? []);
  const missing: Need[] = [];
  for (const need of needs) {
    const isKnown = missing.some(({ path }) => path === need.path);
    if (!isKnown && !await exists(need.path)) missing.push(need);
  }
  if (experiment.needsInception && scale === "paper" && !inception) {
    missing.push({
      path: "a file passed with --inception FILE",
      download:
        'the weights of the Inception network of pytorch-fid: "FID" in docs/metrics.md says how to convert them',
    });
  }
  if (missing.length === 0) return;
  throw new UserError(
    [
      `${experiment.name} at the scale ${scale} needs data that are not here:`,
      ...missing.map(({ path, download }) => `  ${path}: ${download}`),
      "Put them there, or name the folder that contains them with --data FOLDER" +
      (scale === "paper" ? "; --scale laptop uses bundled data where there are any" : ""),
    ].join("\n"),
  );
}

/**
 * Runs an experiment. Trained runs are kept in `runs`, which experiments share; what is trained already is not trained again.
 *
 * @param request Experiment, scale, device, storage.
 * @returns Whether it is finished; false if the signal stopped it, and the same request continues.
 * @throws {UserError} If data are missing.
 */
export async function reproduce(request: ReproductionRequest): Promise<boolean> {
  await requireData(request);
  const { experiment, scale, steps, device, clock, machine, columns, signal, inception, part, progress } =
    request;
  const { name } = experiment, folder = await request.open(name), files: string[] = [];
  const encode = (text: string) => new TextEncoder().encode(text);
  const write = async (path: string, bytes: Uint8Array) => {
    await folder.write(path, bytes);
    files.push(path);
  };
  const context: ExperimentContext = {
    ...{ scale, steps, device, clock, machine, columns, signal, inception, part, progress },
    open: (path) => request.open(path === "" ? name : `${name}/${path}`),
    picture: (path, picture) => write(path, encodePng(picture)),
    text: (path, text) => write(path, encode(text)),
    withSubject: (subject, use) => {
      const gasp = configFor(subject, scale, "gasp", request.dataFolder);
      return request.withData(gasp, async (data) =>
        await use(
          openSubject(
            request,
            subject,
            data,
            (method, config) =>
              folder.write(
                `configs/${subject}-${method}.json`,
                encode(JSON.stringify(config, null, 2) + "\n"),
              ),
          ),
        ));
    },
  };
  try {
    const result = await experiment.run(context);
    await folder.write("README.md", encode(describe(request, result, files)));
    return true;
  } catch (error) {
    if (error instanceof Stopped) return false;
    throw error;
  }
}

/** Number of checkpoints of a run that are kept, for figures along its training. */
const CHECKPOINTS = 8;

function openSubject(
  request: ReproductionRequest,
  name: SubjectName,
  data: Dataset,
  onConfig: (method: string, config: RunConfig) => Promise<void>,
): Subject {
  const { scale, steps, device, signal, dataFolder, part, progress } = request;
  const config = (method: string) => {
    return { ...configFor(name, scale, method, dataFolder), ...(steps !== undefined && { steps }) };
  };
  // Named by data and resolution: at the scale laptop, several subjects are the same data
  const store = (method: string) => {
    const { data, resolution } = config(method);
    const length = steps === undefined ? "" : `-${steps}-steps`;
    return request.open(`runs/${data.replace(/^.*[/\\]/, "")}-${resolution}-${method}${length}`);
  };
  return {
    ...{ name, data, config, store },
    async train(method) {
      const base = config(method), keepEvery = Math.ceil(base.steps / CHECKPOINTS);
      const configured = { ...base, keepEvery, saveEvery: keepEvery };
      part(`training ${method} on ${data.name}`);
      const onStep = (step: number) => progress(step / configured.steps);
      const events = { onStep };
      const checkpoint = await trainToEnd({
        ...{ config: configured, data, device, signal, events },
        store: await store(method),
      });
      if (!checkpoint) throw new Stopped();
      await onConfig(method, checkpoint.config);
      return checkpoint;
    },
  };
}

function describe(
  { experiment, scale, steps, machine, command }: ReproductionRequest,
  result: string,
  files: readonly string[],
): string {
  const pictures = files.map((file) => `![${file}](${file})`);
  return [
    `# ${experiment.name}, scale ${scale}`,
    "",
    experiment.caption,
    "",
    ...(steps === undefined ? [] : [`Trained for ${steps.toLocaleString("en")} steps each.`, ""]),
    ...(result === "" ? [] : [result, ""]),
    ...pictures.flatMap((picture) => [picture, ""]),
    `Configurations are in \`configs\`, trained runs in \`../runs\` or, for table1, in \`runs\`.`,
    "",
    `Machine: ${Object.entries(machine).map(([key, value]) => `${key} ${value}`).join("; ")}.`,
    "",
    "```sh",
    command,
    "```",
    "",
  ].join("\n");
}
