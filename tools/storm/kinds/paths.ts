/** Paths: names with spaces, line breaks, escapes, dashes; pipes, devices, loops and folders where files are wanted. */
import { exists } from "../../../tests/cli.ts";
import { type Kind, require } from "../kind.ts";
import { tail } from "../program.ts";
import type { Random } from "../random.ts";
import { succeeds } from "./disks.ts";

const INPUTS = 15;
const DEVICE = ["--device", "wasm", "--threads", "1"];

/** Names of new files and folders. */
const NAMES: readonly string[] = [
  ...[
    "a b",
    "a\nb",
    "a\tb",
    "\u001b[31mred",
    "-x",
    "--help",
    "日本語",
    "e\u0301",
    "\u202egnp",
    "'\"$(x)`x`",
    "%2e%2e",
    "*",
  ],
  ...[
    "a".repeat(250),
    "a".repeat(300),
    `${"deep/".repeat(40)}x`,
    "x/../y",
    "./z",
    "a\\b",
    "con",
    "🎈",
    " ",
    "x.png/y",
  ],
];

/** Things that are no files; created in the folder of the trial. */
async function oddity(folder: string, random: Random): Promise<string> {
  const path = `${folder}/odd-${random.below(1e9)}`;
  switch (random.below(6)) {
    case 0:
      await succeeds("mkfifo", path);
      return path;
    case 1:
      await Deno.symlink(path, path);
      return path;
    case 2:
      await Deno.mkdir(`${path}/sub`, { recursive: true });
      await Deno.symlink("..", `${path}/sub/up`);
      return path;
    case 3:
      return random.pick(["/dev/zero", "/dev/null", "/dev/full", "/dev/random", "/dev/stdin"]);
    case 4:
      await Deno.symlink(`${path}-gone`, path);
      return path;
    default:
      return random.pick(["", ".", "..", "/", `${path}-none`, `${folder}/\0x`]);
  }
}

export const paths: Kind = {
  name: "paths",
  what:
    "odd names, pipes, devices, loops, folders for files: used or refused at once, nothing written elsewhere",
  missing: () => Deno.build.os === "linux" ? undefined : "needs Linux",
  async run({ folder, random, host }) {
    const inside = `${folder}/in`, run = `${inside}/run`;
    await Deno.mkdir(inside);
    await host.run(["train", "--preset", "tiny", "--steps", "2", ...DEVICE, "--out", run]);
    for (let input = 0; input < INPUTS; input++) {
      const name = `${inside}/${input}/${random.pick(NAMES)}`;
      const odd = await oddity(inside, random);
      const file = random.below(2) === 0 ? odd : name;
      const args = random.pick([
        ["train", "--preset", "tiny", "--steps", "1", ...DEVICE, "--out", name],
        [
          "train",
          "--preset",
          "tiny",
          "--steps",
          "1",
          ...DEVICE,
          "--out",
          odd.startsWith(inside) ? odd : name,
        ],
        ["train", "--config", file, "--steps", "1", ...DEVICE, "--out", `${inside}/out-${input}`],
        [
          "train",
          "--data",
          odd.length < 4 ? name : file,
          "--preset",
          "tiny",
          "--steps",
          "1",
          ...DEVICE,
          "--out",
          `${inside}/o${input}`,
        ],
        ["train", "--resume", file, ...DEVICE],
        ["sample", run, "--count", "1", ...DEVICE, "--out", odd.startsWith(inside) ? odd : name],
        ["sample", file === "" ? name : file, "--count", "1", ...DEVICE],
        ["import", file, "--out", `${inside}/imported-${input}`],
        ["fit", run, "--input", file, "--steps", "1", ...DEVICE, "--out", `${inside}/fit.png`],
        [
          "interpolate",
          run,
          "--from",
          `${file}.npy`,
          "--to",
          "1",
          ...DEVICE,
          "--out",
          `${inside}/between.png`,
        ],
        ["data", "inspect", odd.length < 4 ? name : file],
        ["export", run, "--out", `${name}.safetensors`],
      ]);
      const { code, stderr } = await host.run(args);
      require([0, 1, 2].includes(code), `${JSON.stringify(args)}: exit code ${code}: ${tail(stderr)}`);
      for await (const entry of Deno.readDir(folder)) {
        require(entry.name === "in", `${JSON.stringify(args)} has written ${entry.name} beside its folder`);
      }
      require(
        !await exists("--help") && !await exists("-x"),
        `${JSON.stringify(args)} has written to the current folder`,
      );
    }
    return INPUTS;
  },
};
