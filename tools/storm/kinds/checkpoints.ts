/** Damaged checkpoints. */
import { type Kind, require } from "../kind.ts";
import { mutateBytes, mutateJson } from "../mutate.ts";
import { tail } from "../program.ts";
import type { Random } from "../random.ts";
import { withMetadata } from "../safetensors_edit.ts";

const INPUTS = 20;
const DEVICE = ["--device", "wasm", "--threads", "1"];

/** Displays, of which most contradict the model. */
const DISPLAYS: readonly unknown[] = [
  { kind: "volume", resolution: 8 },
  { kind: "image", height: 5, width: 5, channels: 3 },
  { kind: "image", height: 5, width: 65_536, channels: 1 },
  { kind: "curve", samples: 9 },
  { kind: "sphere", latitudes: 5, longitudes: 1e15, scale: { low: 0, high: 1 } },
  { kind: "cloud", scales: [{ low: 0, high: 1 }, { low: 0, high: 1 }] },
];

function damaged(file: Uint8Array, random: Random): Uint8Array {
  if (random.below(2) === 0) return mutateBytes(file, random);
  return withMetadata(file, (metadata) => {
    if (random.below(4) === 0) return { ...metadata, display: JSON.stringify(random.pick(DISPLAYS)) };
    const name = random.pick(["config", "display", "display", "step", "version", "checksums"]);
    let value: unknown;
    try {
      value = JSON.parse(metadata[name]!);
    } catch {
      value = metadata[name];
    }
    return { ...metadata, [name]: JSON.stringify(mutateJson(value, random)) };
  });
}

export const checkpoints: Kind = {
  name: "checkpoints",
  what: "damaged checkpoints: sample, resume and export refuse them with a message, or work",
  async run({ folder, random, host }) {
    const run = `${folder}/run`, checkpoint = `${run}/checkpoints/step-2.safetensors`;
    const made = await host.run(["train", "--preset", "tiny", "--steps", "2", ...DEVICE, "--out", run]);
    require(made.code === 0, made.stderr);
    const file = await Deno.readFile(checkpoint);
    for (let input = 0; input < INPUTS; input++) {
      await Deno.writeFile(checkpoint, damaged(file, random));
      const args = random.pick([
        ["sample", run, "--count", "2", ...DEVICE, "--out", `${folder}/sheet.png`],
        ["train", "--resume", run, "--steps", "3", ...DEVICE],
        ["export", run, "--out", `${folder}/generator.safetensors`],
      ]);
      const { code, stderr } = await host.run(args);
      require(code === 0 || code === 1, `${args[0]}: exit code ${code}: ${tail(stderr)}`);
      await Deno.remove(`${run}/checkpoints/step-3.safetensors`).catch(() => {});
    }
    return INPUTS;
  },
};
