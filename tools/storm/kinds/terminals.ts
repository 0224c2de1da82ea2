/** Terminals: of no width, of one column, without escapes. */
import { type Kind, require } from "../kind.ts";
import { run, tail } from "../program.ts";
import { requireSameEnd, TRAIN } from "../training.ts";
import { succeeds } from "./disks.ts";

const hasScript = await succeeds("script", "--version");
const COLUMNS: readonly number[] = [0, 1, 2, 5, 20, 80, 1000];
const ENVIRONMENTS: readonly Readonly<Record<string, string>>[] = [
  { TERM: "xterm-256color", COLORTERM: "truecolor", NO_COLOR: "" },
  { TERM: "dumb", NO_COLOR: "" },
  { TERM: "xterm", NO_COLOR: "1" },
  { TERM: "", NO_COLOR: "" },
];

export const terminals: Kind = {
  name: "terminals",
  what:
    "terminals of 0, 1 and more columns, TERM=dumb and NO_COLOR: no escapes where none are wanted, the same training",
  missing: () => hasScript ? undefined : "needs the program script (util-linux)",
  async run({ folder, random }) {
    const columns = random.pick(COLUMNS), env = random.pick(ENVIRONMENTS);
    // script runs a command in a terminal of its own; what it shows is written to a file
    const command = `stty cols ${columns}; exec sh run.sh`;
    await Deno.writeTextFile(`${folder}/command.sh`, command);
    const script =
      `printf '%s\\n' 'exec "$@"' >/dev/null; { printf 'exec'; printf " '%s'" "$@"; } >run.sh; ` +
      "script -qec 'sh command.sh' typescript >/dev/null </dev/null";
    const { code } = await run(TRAIN, { folder, script, env });
    const shown = await Deno.readTextFile(`${folder}/typescript`);
    require(code === 0, `exit code ${code}: ${tail(shown)}`);
    const wantsNone = env["TERM"] === "dumb" || env["NO_COLOR"] === "1";
    // deno-lint-ignore no-control-regex
    const escapes = shown.match(/\x1b/g)?.length ?? 0;
    require(!wantsNone || escapes === 0, `${escapes} escapes with ${JSON.stringify(env)}`);
    require(/done in/.test(shown), `no last line: ${tail(shown)}`);
    await requireSameEnd(folder);
    return 1;
  },
};
