/**
 * What data-parallel training exchanges, and where it stops to scale: `deno task run tools/all_reduce_model.ts` prints tables for
 * the presets whose step has been measured; `--write` puts them into `docs/mpi.md`.
 *
 * Calls and bytes are those of the compiled programs. Times follow the usual model: a message of n bytes takes α + n/B. A sum is
 * the faster of a ring, 2(p-1)α + 2(p-1)/p·n/B, and of recursive halving and doubling (a tree), 2⌈log₂p⌉α + 2(p-1)/p·n/B, which
 * needs contiguous halves; a gathering of n bytes a rank takes ⌈log₂p⌉α + (p-1)n/B (Thakur, Rabenseifner, Gropp: Optimization of
 * collective communication operations in MPICH, 2005). Nothing overlaps with kernels, so that the efficiency is a lower bound.
 *
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import { methodOf, presetOf, type RunConfig, TrainingProgram } from "@gasp/gasp";
import { type Communicator, ELEMENT_BYTES, openDevice, showBytes, sizeOf, treePaths } from "@gasp/tensor";
import { coordinatesLike } from "../apps/cli/bench/noise.ts";
import { isExchangeKernel } from "../packages/tensor/compile/exchange_order.ts";
import type { ExchangeKernel, Program } from "../packages/tensor/ir/kernel.ts";

const DOCUMENT = new URL("../docs/mpi.md", import.meta.url);
const MEASUREMENTS = new URL("../docs/performance.md", import.meta.url);

/** The tables lie between these lines. */
const MARKS = [
  "<!-- model: deno task run tools/all_reduce_model.ts --write -->\n",
  "<!-- end of model -->\n",
] as const;

/** Numbers of ranks. */
const RANKS = [2, 8, 32, 128, 1024];

/** A link between ranks. */
export interface Link {
  readonly name: string;
  /** Time of an empty message, α, in seconds. */
  readonly latency: number;
  /** Bytes per second in each direction, B. */
  readonly bandwidth: number;
}

/** Links: TCP over 10 GbE, remote memory access over 100 GbE, and NVLink of the fourth generation. */
export const LINKS: readonly Link[] = [
  { name: "10 GbE", latency: 30e-6, bandwidth: 1.25e9 },
  { name: "100 GbE", latency: 3e-6, bandwidth: 12.5e9 },
  { name: "NVLink", latency: 3e-6, bandwidth: 450e9 },
];

/** Devices: how many times as fast as the two measured cores. */
const DEVICES = [{ name: "2 cores", speed: 1 }, { name: "GPU, 50 × as fast", speed: 50 }] as const;

/** What a step exchanges. */
export type Exchanges = readonly Pick<ExchangeKernel, "kind" | "size">[];

/**
 * Returns the time of exchanges, in seconds.
 *
 * @param exchanges Exchanges of a step.
 * @param ranks Number of ranks, p.
 * @param link Link between them.
 */
export function secondsOf(exchanges: Exchanges, ranks: number, { latency, bandwidth }: Link): number {
  const rounds = Math.ceil(Math.log2(ranks)), others = ranks - 1;
  return exchanges.reduce((sum, { kind, size }) => {
    const bytes = ELEMENT_BYTES * size;
    if (kind === "allGather") return sum + rounds * latency + (others * bytes) / bandwidth;
    return sum + 2 * Math.min(others, rounds) * latency + (2 * (others / ranks) * bytes) / bandwidth;
  }, 0);
}

/** Returns the bytes that a rank sends in a step. */
function bytesOf(exchanges: Exchanges, ranks: number): number {
  return exchanges.reduce(
    (sum, { kind, size }) =>
      sum + ELEMENT_BYTES * size * (kind === "allGather" ? ranks - 1 : (2 * (ranks - 1)) / ranks),
    0,
  );
}

/** A measured training step. */
interface Measured {
  readonly preset: string;
  /** Batch size, here of a rank. */
  readonly batch: number;
  readonly seconds: number;
}

/** Reads the steps that `docs/performance.md` lists: `| \`mnist\`, 16 | 0.278 | …`. */
export function measuredSteps(text: string): Measured[] {
  const rows = text.split("## A training step")[1]!.split("###")[0]!.matchAll(
    /^\| `([\w-]+)`, (\d+) +\| ([\d.]+) +\|/gm,
  );
  return [...rows].map(([, preset, batch, seconds]) => ({
    preset: preset!,
    batch: Number(batch),
    seconds: Number(seconds),
  }));
}

/** Thrown once a program is known, instead of preparing it. */
class Planned extends Error {
  constructor(readonly program: Program) {
    super("planned");
  }
}

/**
 * Compiles a training step for some ranks, and lists what it exchanges.
 *
 * @param config Configuration; its batch is that of all ranks.
 * @param size Number of ranks.
 */
export async function exchangesOf(config: RunConfig, size: number): Promise<Exchanges> {
  await using device = await openDevice("wasm", { threads: 1 });
  const prepare = device.prepare.bind(device);
  const isShared = ({ steps }: Program) => steps.some(({ kernel }) => isExchangeKernel(kernel));
  Object.assign(device, {
    prepare: (program: Program) =>
      isShared(program) ? Promise.reject(new Planned(program)) : prepare(program),
  });
  const never = () => Promise.reject(new Error("nothing is exchanged"));
  const communicator: Communicator = {
    rank: 0,
    size,
    allReduce: never,
    broadcast: never,
    allGather: never,
    allGatherInPlace: never,
    barrier: never,
  };
  const state = methodOf(config).initialState(config);
  try {
    const program = await TrainingProgram.prepare({
      config,
      data: emptyData(config),
      device,
      state,
      communicator,
    });
    await program.plan(state);
  } catch (error) {
    if (!(error instanceof Planned)) throw error;
    return error.program.steps.map(({ kernel }) => kernel).filter(isExchangeKernel);
  }
  throw new Error("the program was not prepared");
}

/** Data of the right shapes, made when they are read: only a rank's part is. */
function emptyData(config: RunConfig): Dataset {
  const { model, resolution, batchSize } = config;
  const { coordinateDim, featureDim } = model, coordinates = coordinatesLike(config, resolution);
  const pointCount = coordinates.length / coordinateDim;
  return {
    name: "empty",
    items: batchSize,
    coordinates,
    pointCount,
    coordinateDim,
    featureDim,
    display: { kind: "cloud", scales: [] },
    batch: (indices) => Promise.resolve(new Float32Array(indices.length * pointCount * featureDim)),
  };
}

/** Returns the number of parameters that are trained, and of those in the layer that has most of them. */
function parametersOf(config: RunConfig): { all: number; largest: number } {
  const layers = new Map<string, number>();
  for (const [path, { shape }] of treePaths(methodOf(config).abstractState!(config))) {
    const layer = /^(generator|discriminator)\/\w+/.exec(path)?.[0];
    if (layer !== undefined) layers.set(layer, (layers.get(layer) ?? 0) + sizeOf(shape));
  }
  const sizes = [...layers.values()];
  return { all: sizes.reduce((sum, size) => sum + size, 0), largest: Math.max(...sizes) };
}

/** A preset with what it exchanges, by number of ranks. */
interface Modelled extends Measured {
  readonly all: number;
  readonly largest: number;
  readonly exchanges: ReadonlyMap<number, Exchanges>;
}

async function model(measured: Measured): Promise<Modelled> {
  const preset = presetOf(measured.preset), exchanges = new Map<number, Exchanges>();
  for (const ranks of RANKS) {
    exchanges.set(ranks, await exchangesOf({ ...preset, batchSize: ranks * measured.batch }, ranks));
  }
  return { ...measured, ...parametersOf(preset), exchanges };
}

function table(rows: readonly (readonly string[])[]): string {
  const [head, ...body] = rows;
  return [head!, head!.map(() => "---"), ...body].map((row) => `| ${row.join(" | ")} |\n`).join("");
}

const label = ({ preset, batch }: Measured) => `\`${preset}\`, ${batch}`;
const million = (count: number) => `${(count / 1e6).toFixed(1)} M`;

/** What a step exchanges, with the trade of the hypernetwork's last layer and without it. */
function bytesTable(presets: readonly Modelled[]): string {
  const head = ["preset, batch of a rank", "parameters", "in the last layer", "calls"];
  const rows = presets.map((preset) => [
    label(preset),
    million(preset.all),
    million(preset.largest),
    String(preset.exchanges.get(RANKS[0]!)!.length),
    ...RANKS.map((ranks) => {
      const sums = [{ kind: "allReduce", size: preset.all }] as const;
      return `${showBytes(bytesOf(preset.exchanges.get(ranks)!, ranks))} (${
        showBytes(bytesOf(sums, ranks))
      })`;
    }),
  ]);
  return table([[...head, ...RANKS.map((ranks) => `${ranks} ranks`)], ...rows]);
}

/** Time of the exchanges of a step and efficiency, and the most ranks that reach 0.9. */
function timeTable(presets: readonly Modelled[]): string {
  const head = [
    "preset, batch of a rank",
    "device",
    "link",
    ...RANKS.map((ranks) => `${ranks} ranks`),
    "≥ 0.9",
  ];
  const rows = presets.flatMap((preset) =>
    DEVICES.flatMap(({ name, speed }) =>
      LINKS.map((link) => {
        const compute = preset.seconds / speed;
        const cells = RANKS.map((ranks) => {
          const exchange = secondsOf(preset.exchanges.get(ranks)!, ranks, link);
          return { ranks, exchange, efficiency: compute / (compute + exchange) };
        });
        const scaling = cells.filter(({ efficiency }) => efficiency >= 0.9).at(-1);
        return [
          label(preset),
          name,
          link.name,
          ...cells.map(({ exchange, efficiency }) => `${showSeconds(exchange)} (${efficiency.toFixed(2)})`),
          scaling ? String(scaling.ranks) : "none",
        ];
      })
    )
  );
  return table([head, ...rows]);
}

function showSeconds(seconds: number): string {
  if (seconds >= 1) return `${seconds.toFixed(1)} s`;
  return `${(1000 * seconds).toFixed(seconds >= 0.01 ? 0 : 1)} ms`;
}

async function main(args: readonly string[]): Promise<void> {
  const steps = measuredSteps(await Deno.readTextFile(MEASUREMENTS));
  const presets: Modelled[] = [];
  for (const step of steps) presets.push(await model(step));
  const text =
    `Bytes that a rank sends in a step; in parentheses, what sums of all gradients would take.\n\n${
      bytesTable(presets)
    }\nTime of the exchanges of a step, and the efficiency of weak scaling in parentheses.\n\n${
      timeTable(presets)
    }`;
  console.log(text);
  if (!args.includes("--write")) return;
  const document = await Deno.readTextFile(DOCUMENT), [begin, end] = MARKS;
  const [before, rest] = document.split(begin);
  if (rest === undefined) throw new Error(`docs/mpi.md lacks the line ${begin}`);
  await Deno.writeTextFile(DOCUMENT, `${before}${begin}\n${text}\n${end}${rest.split(end)[1] ?? ""}`);
}

if (import.meta.main) await main(Deno.args);
