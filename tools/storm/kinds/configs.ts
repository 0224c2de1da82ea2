/** Damaged configurations. */
import { PRESETS } from "@gasp/gasp";
import { type Kind, require } from "../kind.ts";
import { mutateBytes, mutateJson } from "../mutate.ts";
import { tail } from "../program.ts";

const INPUTS = 20;

/** A preset that trains in a moment, and the others for their kinds of layers; those are trained only if damage makes them small. */
const BASES = [PRESETS.tiny, { preset: "tiny" }, { preset: "tiny", model: PRESETS.tiny.model }];

export const configs: Kind = {
  name: "configs",
  what: "damaged --config files: one step of training, or a message that names the field",
  async run({ folder, random, host }) {
    for (let input = 0; input < INPUTS; input++) {
      const text = JSON.stringify(mutateJson(random.pick(BASES), random));
      const bytes = new TextEncoder().encode(text);
      const file = `${folder}/config.json`, out = `${folder}/out-${input}`;
      await Deno.writeFile(file, random.below(5) === 0 ? mutateBytes(bytes, random) : bytes);
      const limits = ["--steps", "1", "--device", "wasm", "--threads", "1", "--out", out];
      const { code, stderr } = await host.run(["train", "--config", file, "--data", "mnist", ...limits]);
      require(code === 0 || code === 1, `exit code ${code}: ${tail(stderr)} for ${text.slice(0, 300)}`);
    }
    return INPUTS;
  },
};
