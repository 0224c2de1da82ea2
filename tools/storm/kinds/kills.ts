/** Kills: the machine is switched off at a random moment of starting, training, saving or resuming. */
import type { Kind } from "../kind.ts";
import { start } from "../program.ts";
import { continuation, requireSameEnd, requireWhole, waitPart } from "../training.ts";

export const kills: Kind = {
  name: "kills",
  what:
    "kill -9 at any moment: the newest checkpoint is whole, and resumes to the bytes of an undisturbed training",
  async run({ folder, random }) {
    const times = 1 + random.below(4);
    for (let time = 0; time < times; time++) {
      const process = start(await continuation(folder), { folder });
      await waitPart(random, 0.05, 1);
      process.kill("SIGKILL");
      await process.ending();
      await requireWhole(folder);
    }
    await requireSameEnd(folder);
    return times;
  },
};
