/** Clocks: files from the future and from the beginning of time. */
import { filesIn } from "../../../tests/cli.ts";
import { type Kind, require } from "../kind.ts";
import { run, start, tail } from "../program.ts";
import { continuation, requireSameEnd, requireWhole, RUN, waitPart } from "../training.ts";

/** Times in seconds: 1970, 2038, 2100, tomorrow. */
const TIMES: readonly number[] = [0, 2 ** 31, 4_102_444_800, Date.now() / 1000 + 86_400];

export const clocks: Kind = {
  name: "clocks",
  what: "a clock that was wrong or jumps back: files and locks of other times are resumed to the same bytes",
  async run({ folder, random }) {
    const process = start(await continuation(folder), { folder });
    await waitPart(random, 0.4, 1);
    process.kill(random.pick(["SIGKILL", "SIGTERM"]));
    await process.ending();
    await requireWhole(folder);
    const names: readonly string[] = [...(await filesIn(folder)).keys()];
    for (const name of [...names, RUN]) {
      const time = random.pick(TIMES);
      await Deno.utime(`${folder}/${name}`, time, time).catch(() => {});
    }
    if (names.includes(`${RUN}/config.json`) && random.below(2) === 0) {
      const lock = {
        pid: 1,
        host: "",
        started: random.pick(["2100-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z", "x"]),
      };
      await Deno.writeTextFile(`${folder}/${RUN}/training.lock`, JSON.stringify(lock));
      const sampled = await run(["sample", RUN, "--count", "1", "--out", "a.png", "--device", "wasm"], {
        folder,
      });
      require(sampled.code <= 1, tail(sampled.stderr));
    }
    await requireSameEnd(folder);
    return 1;
  },
};
