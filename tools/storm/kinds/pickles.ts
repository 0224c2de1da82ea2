/** Damaged models of PyTorch, whose pickles could run code in other programs. */
import { type Kind, require } from "../kind.ts";
import { mutateBytes } from "../mutate.ts";
import { tail } from "../program.ts";
import { modelFile } from "../samples.ts";

const INPUTS = 30;

export const pickles: Kind = {
  name: "pickles",
  what: "damaged model.pt files, and damaged pickles within: imported or refused, nothing executed",
  async run({ folder, random, host }) {
    for (let input = 0; input < INPUTS; input++) {
      const bytes = random.below(3) === 0
        ? mutateBytes(modelFile(), random)
        : modelFile((pickle) => mutateBytes(pickle, random));
      await Deno.writeFile(`${folder}/model.pt`, bytes);
      const { code, stderr } = await host.run([
        "import",
        `${folder}/model.pt`,
        "--out",
        `${folder}/run-${input}`,
      ]);
      require(code === 0 || code === 1, `exit code ${code}: ${tail(stderr)}`);
    }
    return INPUTS;
  },
};
