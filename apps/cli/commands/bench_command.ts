/**
 * `bench`: measures matrix products, a training step, sampling, the neighbour search, or memory.
 * @module
 */
import { PRESET_NAMES, type PresetName, PRESETS, UserError } from "@gasp/gasp";
import { isKernelDevice, type KernelDevice } from "@gasp/tensor";
import { benchGemm } from "../bench/gemm.ts";
import { CLOUD_KINDS, type CloudKind } from "../bench/clouds.ts";
import { benchStep, type StepRequest } from "../bench/step.ts";
import { type Command, defineCommand } from "./command.ts";
import { writeBytes } from "../files/files.ts";
import { MEMORY_OPTION, memoryLimitOf } from "../options/byte_size.ts";
import { DEVICE_OPTIONS, withDevice } from "../device/device.ts";
import { print } from "../terminal/output.ts";

/** The command. */
export const benchCommand: Command = defineCommand({
  name: "bench",
  summary:
    "Measure matrix products (gemm), a training step (step), sampling (sample), the neighbour search (knn) or memory, on made-up data.",
  positionals: [{
    name: "WHAT",
    help: "What to measure",
    choices: ["gemm", "step", "sample", "knn", "memory"],
  }],
  options: {
    ...DEVICE_OPTIONS,
    preset: {
      kind: "choice",
      choices: PRESET_NAMES,
      default: "mnist",
      help: "What the step trains, or is sampled",
    },
    memory: MEMORY_OPTION,
    batch: { kind: "integer", min: 2, max: 4096, defaultText: "the preset's", help: "Examples of a step" },
    steps: { kind: "integer", min: 1, max: 10_000, default: 5, help: "Timed steps, or runs of sampling" },
    count: { kind: "integer", min: 1, max: 65536, default: 1, help: "sample: how many samples" },
    resolution: { kind: "integer", min: 2, max: 65536, default: 256, help: "sample: points along each axis" },
    n: { kind: "integer", min: 1, max: 10_000_000, default: 100_000, help: "knn: points" },
    d: { kind: "integer", min: 1, max: 4, default: 3, help: "knn: coordinates of a point" },
    k: { kind: "integer", min: 1, max: 1024, default: 27, help: "knn: neighbours of each point" },
    points: { kind: "choice", choices: CLOUD_KINDS, default: "uniform", help: "knn: how the points lie" },
    plot: { kind: "text", value: "FILE", help: "memory: draws an SVG picture" },
    profile: { kind: "flag", help: "step: time each kernel" },
    trace: {
      kind: "text",
      value: "FILE",
      help: "step: writes one step as a trace for ui.perfetto.dev, as --profile sees it",
    },
    json: { kind: "flag", help: "Print one line of JSON" },
  },
  examples: [
    "deno task bench gemm --json",
    "deno task bench knn --n 100000 --d 3 --k 27 --device wasm --json",
    "deno task bench memory --plot memory.svg",
    "deno task bench step --preset mnist --batch 16 --device wasm --steps 5 --json",
    "deno task bench sample --preset celebahq64 --count 1 --resolution 1024 --device wasm --json",
    "deno task bench step --preset mnist --batch 16 --device wasm --profile --trace step.json",
  ],
  async run(values, [what]) {
    const limit = memoryLimitOf(values);
    const threads = values.threads ?? navigator.hardwareConcurrency;
    // Products are compared with the peak of one core, and then with themselves on all threads; peers of knn use one
    const choice = what === "gemm" || what === "knn" ? { ...values, threads: 1 } : values;
    const report = await withDevice(choice, async (device): Promise<object | string> => {
      if (!isKernelDevice(device)) {
        throw new UserError("the reference interpreter is no device to measure: use wasm or webgpu");
      }
      switch (what) {
        case "gemm":
          return await benchGemm(device, threads);
        case "knn": {
          const { n, d, k, points } = values;
          if (k > n) throw new UserError(`--k ${k} neighbours of --n ${n} points: ask for fewer`);
          const { benchKnn } = await import("../bench/knn.ts");
          return await benchKnn(device, { n, d, k, points: points as CloudKind });
        }
        case "sample": {
          const { count, resolution, steps: runs } = values;
          const config = PRESETS[values.preset as PresetName];
          const { benchSample } = await import("../bench/sample.ts");
          return await benchSample({ config, count, resolution, runs }, device);
        }
        case "memory": {
          const { benchMemory } = await import("../bench/memory.ts");
          const memory = await benchMemory(device);
          if (values.plot) {
            const { plotMemory } = await import("../bench/memory_plot.ts");
            await writeText(values.plot, plotMemory(memory));
          }
          return memory;
        }
        default: {
          const preset = PRESETS[values.preset as PresetName];
          const batch = values.batch ?? preset.training.batch;
          const config = { ...preset, training: { ...preset.training, batch } };
          const { steps, profile, trace, json } = values;
          return profile || trace !== undefined
            ? await profiled({ config, steps, ...limit }, device, { trace, json })
            : await benchStep({ config, steps, ...limit }, device);
        }
      }
    });
    const indent = values.json ? undefined : 2;
    print(typeof report === "string" ? report : JSON.stringify(report, undefined, indent));
    return 0;
  },
});

/** Profiles a step; writes its trace, if one is wanted. */
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
