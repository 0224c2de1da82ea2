/** Pairs: two trainings into one folder at once. */
import { type Kind, require } from "../kind.ts";
import { start, tail } from "../program.ts";
import { continuation, requireSameEnd, RESUME, STEPS, waitPart } from "../training.ts";

export const pairs: Kind = {
  name: "pairs",
  what:
    "two or three trainings into one folder at once: one goes on, the others say so, the bytes are those of one",
  async run({ folder, random }) {
    if (random.below(2) === 0) {
      // A training that was killed leaves its lock
      const process = start(await continuation(folder), { folder });
      await waitPart(random, 0.3, 0.8);
      process.kill("SIGKILL");
      await process.ending();
    }
    const first = await continuation(folder), count = 2 + random.below(2);
    const processes = [];
    for (let i = 0; i < count; i++) {
      processes.push(start(i > 0 && random.below(2) === 0 ? RESUME : first, { folder }));
      await waitPart(random, 0, random.pick([0, 0, 0.05, 0.3]));
    }
    const endings = await Promise.all(processes.map((process) => process.ending()));
    for (const { code, stdout, stderr } of endings) {
      const isRefused =
        /is being trained by|already contains a run|does not contain a run to resume|checkpoints of a run/
          .test(stderr);
      const isLate = stdout.includes(`already completed its ${STEPS} steps`);
      require(code === 0 || isRefused, `exit code ${code}: ${tail(stdout + stderr)}`);
      require(code !== 0 || isLate || stdout.includes("done in"), tail(stdout + stderr));
    }
    require(
      endings.some(({ code }) => code === 0),
      `none went on: ${endings.map(({ stderr }) => tail(stderr)).join()}`,
    );
    await requireSameEnd(folder);
    return count;
  },
};
