/** Pipes: output that is closed, full, slow, or cut off. */
import { type Kind, require } from "../kind.ts";
import { start, tail } from "../program.ts";
import { continuation, requireSameEnd, requireWhole, waitPart } from "../training.ts";

const FULL = "mkfifo pipe; exec 3<>pipe; yes >pipe & sleep 0.3; kill $!;";
const SCRIPTS: readonly string[] = [
  'exec "$@" >&-',
  'exec "$@" >&- 2>&-',
  'exec "$@" <&- >&- 2>&-',
  'exec "$@" >/dev/full',
  'exec "$@" >/dev/full 2>&1',
  `${FULL} exec "$@" >pipe`,
  `${FULL} exec "$@" >pipe 2>&1`,
  '{ "$@"; echo $? >status; } | true',
  '{ "$@"; echo $? >status; } | head -c 20',
  '{ "$@"; echo $? >status; } | { sleep 0.5; cat; }',
  '{ "$@" 2>&1; echo $? >status; } | while read -r line; do sleep 0.2; done',
];

export const pipes: Kind = {
  name: "pipes",
  what: "closed, full, slow and broken output: the training goes on to its end, or saves on a signal",
  missing: () => Deno.build.os === "linux" ? undefined : "needs Linux",
  async run({ folder, random }) {
    const script = random.pick(SCRIPTS), isStopped = random.below(3) === 0;
    const process = start(await continuation(folder), { folder, script });
    if (isStopped) {
      await waitPart(random, 0.4, 1.2);
      process.kill("SIGTERM");
    }
    const { code, stderr } = await process.ending();
    const status = await Deno.readTextFile(`${folder}/status`).then(Number, () => code);
    const isKilled = isStopped && script.startsWith("{");
    require(isKilled || isStopped || status === 0, `${script}: exit code ${status}: ${tail(stderr)}`);
    await requireWhole(folder);
    await requireSameEnd(folder);
    return 1;
  },
};
