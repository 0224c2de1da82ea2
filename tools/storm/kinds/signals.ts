/** Signals: Ctrl-C, schedulers, closed terminals; once, twice, at any moment. */
import { type Kind, require } from "../kind.ts";
import { start, tail } from "../program.ts";
import { continuation, requireAdvice, requireSameEnd, requireWhole, waitPart } from "../training.ts";

const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export const signals: Kind = {
  name: "signals",
  what: "SIGINT, SIGTERM, SIGHUP, once or twice: saves, says how to resume, and resumes to the same bytes",
  async run({ folder, random }) {
    const rounds = 1 + random.below(3);
    let sent = 0;
    for (let round = 0; round < rounds; round++) {
      const process = start(await continuation(folder), { folder });
      await waitPart(random, 0.05, 1);
      const signal = random.pick(["SIGINT", "SIGTERM", "SIGHUP"] as const);
      process.kill(signal);
      sent++;
      if (random.below(3) === 0) {
        await waitPart(random, 0, 0.4);
        process.kill(random.pick(["SIGINT", "SIGTERM", "SIGHUP"] as const));
        sent++;
      }
      const ending = await process.ending();
      // Before the training, the signal ends the program as any other; after it, it may have come too late
      const isKilled = ending.signal !== null || !ending.stdout.includes("ready in");
      const codes: readonly number[] = [0, CODES[signal], CODES.SIGINT];
      require(
        isKilled || codes.includes(ending.code),
        `${signal}: exit code ${ending.code}: ${tail(ending.stderr)}`,
      );
      if (!isKilled && ending.code !== 0 && ending.stdout.includes("stopped after")) requireAdvice(ending);
      const saved = await requireWhole(folder);
      const stopped = /stopped after step (\d+)/.exec(ending.stdout)?.[1];
      require(stopped === undefined || Number(stopped) === saved, `stopped after ${stopped}, saved ${saved}`);
    }
    await requireSameEnd(folder);
    return sent;
  },
};
