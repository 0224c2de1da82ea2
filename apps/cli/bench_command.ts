/**
 * `bench`: measures matrix products or a training step.
 * @module
 */
import { PRESET_NAMES, type PresetName, PRESETS, UserError } from "@gasp/gasp";
import { isDevice } from "@gasp/tensor";
import { benchGemm } from "./bench/gemm.ts";
import type { BenchReport } from "./bench/report.ts";
import { benchStep } from "./bench/step.ts";
import { type Command, defineCommand } from "./command.ts";
import { DEVICE_OPTIONS, withDevice } from "./device.ts";

/** The command. */
export const benchCommand: Command = defineCommand({
  name: "bench",
  summary: "Measure matrix products (gemm) or a training step (step) on made-up data.",
  positionals: [{ name: "WHAT", help: "What to measure", choices: ["gemm", "step"] }],
  options: {
    ...DEVICE_OPTIONS,
    preset: { kind: "choice", choices: PRESET_NAMES, default: "mnist", help: "What the step trains" },
    batch: { kind: "integer", min: 2, max: 4096, defaultText: "the preset's", help: "Examples of a step" },
    steps: { kind: "integer", min: 1, max: 10_000, default: 5, help: "Timed steps" },
    json: { kind: "flag", help: "Print one line of JSON" },
  },
  examples: [
    "deno task bench gemm --json",
    "deno task bench step --preset mnist --batch 16 --device wasm --steps 5 --json",
  ],
  async run(values, [what]) {
    const cores = navigator.hardwareConcurrency;
    const threads = values.threads ?? cores;
    // Products are compared with the peak of one core, and then with themselves on all threads
    const choice = what === "gemm" ? { ...values, threads: 1 } : values;
    const report = await withDevice(choice, (device): Promise<BenchReport> => {
      if (!isDevice(device)) {
        throw new UserError("the reference interpreter is no device to measure: use wasm or webgpu");
      }
      if (what === "gemm") return benchGemm(device, threads);
      const preset = PRESETS[values.preset as PresetName];
      const batch = values.batch ?? preset.training.batch;
      return benchStep({ ...preset, training: { ...preset.training, batch } }, device, values.steps);
    });
    console.log(values.json ? JSON.stringify(report) : JSON.stringify(report, undefined, 2));
    return 0;
  },
});
