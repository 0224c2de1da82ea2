/**
 * `bench`: measures matrix products, a training step, sampling, the neighbour search, memory, or compile times.
 * @module
 */
import { asGasp, PRESET_NAMES, presetOf, UserError } from "@gasp/gasp";
import { isKernelDevice, type KernelDevice } from "@gasp/tensor";
import { benchGemm } from "../bench/gemm.ts";
import { CLOUD_KINDS, type CloudKind } from "../bench/clouds.ts";
import { benchRankStep } from "../bench/rank_step.ts";
import { benchStep, type StepRequest } from "../bench/step.ts";
import { type Command, defineCommand } from "../command/command.ts";
import { writeBytes } from "../files/files.ts";
import { MEMORY_OPTION, memoryLimitOf } from "../options/byte_size.ts";
import { DEVICE_OPTIONS, withDevice } from "../device/device.ts";
import type { Mpi } from "../mpi/open_mpi.ts";
import { RANK_OPTIONS } from "../mpi/options.ts";
import { shareOfRank } from "../mpi/rank_device.ts";
import { withRanks } from "../mpi/session.ts";
import type { OptionTable, Values } from "../options/options.ts";
import { Activity } from "../terminal/activity.ts";
import { print } from "../terminal/output.ts";

/** Options of the command. */
const BENCH_OPTIONS = {
  ...DEVICE_OPTIONS,
  ...RANK_OPTIONS,
  preset: {
    kind: "choice",
    choices: PRESET_NAMES,
    default: "mnist",
    help: "Model for step and sample",
  },
  memory: MEMORY_OPTION,
  batch: {
    kind: "integer",
    min: 2,
    max: 4096,
    defaultText: "the preset's",
    help: "step: batch size, on several ranks that of each",
  },
  steps: { kind: "integer", min: 1, max: 10_000, default: 5, help: "step, sample: number of timed runs" },
  count: { kind: "integer", min: 1, max: 65536, default: 1, help: "sample: number of samples" },
  resolution: { kind: "integer", min: 2, max: 65536, default: 256, help: "sample: points along each axis" },
  n: { kind: "integer", min: 1, max: 10_000_000, default: 100_000, help: "knn: number of points" },
  d: { kind: "integer", min: 1, max: 4, default: 3, help: "knn: dimension" },
  k: { kind: "integer", min: 1, max: 1024, default: 27, help: "knn: neighbours per point" },
  points: {
    kind: "choice",
    choices: CLOUD_KINDS,
    default: "uniform",
    help: "Distribution of the points for knn",
  },
  plot: { kind: "text", value: "FILE.svg", help: "memory: write a plot" },
  profile: { kind: "flag", help: "step: time each kernel" },
  trace: {
    kind: "text",
    value: "FILE",
    help:
      "step: profile, and write a trace of one step for ui.perfetto.dev; on several ranks, of their exchanges",
  },
  json: { kind: "flag", help: "Print one line of JSON" },
} satisfies OptionTable;

type BenchValues = Values<typeof BENCH_OPTIONS>;

/** The command. */
export const benchCommand: Command = defineCommand({
  name: "bench",
  summary: "Measure speed and memory use on synthetic data.",
  positionals: [{
    name: "WHAT",
    help:
      "Matrix products, a training step, sampling, the neighbour search, memory, or compile times of large graphs",
    choices: ["gemm", "step", "sample", "knn", "memory", "compile"],
  }],
  options: BENCH_OPTIONS,
  examples: [
    "deno task bench gemm --json",
    "deno task bench knn --n 100000 --d 3 --k 27 --device wasm --json",
    "deno task bench memory --plot memory.svg",
    "deno task bench compile --device wasm",
    "deno task bench step --preset mnist --batch 16 --device wasm --steps 5 --json",
    "deno task bench sample --preset celebahq64 --count 1 --resolution 1024 --device wasm --json",
    "deno task bench step --preset mnist --batch 16 --device wasm --profile --trace step.json",
    "mpirun -n 2 deno task bench step --preset mnist --batch 16 --device wasm --json",
  ],
  run: (values, [what]) =>
    // Only steps are trained by several ranks together; of the other measurements each process would repeat its own
    withRanks(
      isShared(values, what) ? values : { ...values, ranks: "none" },
      (mpi) => bench(values, what, mpi),
    ),
});

function isShared({ profile }: BenchValues, what: string | undefined): boolean {
  return what === "step" && !profile;
}

/** Measures as the only process, or as one of several ranks. */
async function bench(values: BenchValues, what: string | undefined, mpi: Mpi | undefined): Promise<number> {
  const limit = memoryLimitOf(values);
  const threads = values.threads ?? navigator.hardwareConcurrency;
  // Products are compared with the peak of one core, then with themselves on all threads; peers of knn use one thread
  const ofRank = { ...values, ...shareOfRank(mpi, values.threads) };
  const choice = what === "gemm" || what === "knn" ? { ...values, threads: 1 } : ofRank;
  using activity = new Activity(`measuring ${what}`);
  const report = await withDevice(choice, async (device): Promise<object | string> => {
    if (!isKernelDevice(device)) {
      throw new UserError("the reference interpreter cannot be benchmarked: use --device wasm or webgpu");
    }
    switch (what) {
      case "gemm":
        return await benchGemm(device, threads);
      case "knn": {
        const { n, d, k, points } = values;
        if (k > n) throw new UserError(`--k ${k} must be at most the number of points, --n ${n}`);
        const { benchKnn } = await import("../bench/knn.ts");
        return await benchKnn(device, { n, d, k, points: points as CloudKind });
      }
      case "sample": {
        const { count, resolution, steps: runs } = values;
        const config = asGasp(presetOf(values.preset));
        const { benchSample } = await import("../bench/sample.ts");
        return await benchSample({ config, count, resolution, runs }, device);
      }
      case "memory": {
        const { benchMemory } = await import("../bench/memory.ts");
        const memory = await benchMemory(device, (part) => activity.at(part));
        if (values.plot) {
          const { plotMemory } = await import("../bench/memory_plot.ts");
          await writeText(values.plot, plotMemory(memory));
        }
        return memory;
      }
      case "compile": {
        const { benchCompile, compileTable } = await import("../bench/compile.ts");
        const compiled = await benchCompile(device);
        return values.json ? compiled : compileTable(compiled);
      }
      default: {
        const preset = presetOf(values.preset), { batch: batchSize = preset.batchSize } = values;
        const config = { ...preset, batchSize };
        const { steps, profile, trace, json } = values;
        const request = { config, steps, ...limit };
        if (mpi) return await benchRanks(request, device, mpi, trace);
        return profile || trace !== undefined
          ? await profiled(request, device, { trace, json })
          : await benchStep(request, device);
      }
    }
  });
  const indent = values.json ? undefined : 2;
  print(typeof report === "string" ? report : JSON.stringify(report, undefined, indent));
  return 0;
}

/** Times steps of several ranks; rank 0 writes a trace of their exchanges if requested. */
async function benchRanks(
  request: StepRequest,
  device: KernelDevice,
  mpi: Mpi,
  trace: string | undefined,
): Promise<object> {
  const { report, exchanges } = await benchRankStep(request, device, mpi);
  if (trace !== undefined && mpi.communicator.rank === 0) {
    const { traceOfExchanges } = await import("../bench/trace.ts");
    await writeText(trace, JSON.stringify(traceOfExchanges(exchanges)));
  }
  return report;
}

/** Profiles a step; writes its trace if requested. */
async function profiled(
  request: StepRequest,
  device: KernelDevice,
  { trace, json }: { readonly trace: string | undefined; readonly json: boolean },
): Promise<object | string> {
  const { profileStep } = await import("../bench/profile.ts");
  const { report, last } = await profileStep(request, device);
  if (trace !== undefined) {
    const { traceOf } = await import("../bench/trace.ts");
    await writeText(trace, JSON.stringify(traceOf(last, device.info)));
  }
  if (json) return report;
  const { profileTable } = await import("../bench/profile_table.ts");
  return profileTable(report);
}

function writeText(path: string, text: string): Promise<void> {
  return writeBytes(path, new TextEncoder().encode(text));
}
