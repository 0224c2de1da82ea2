/**
 * The commands that the README prints work as they stand, in order, in a fresh clone; so do those of examples/README.md.
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../apps/cli/main.ts";
import { exists, inFolder, LOCKED, outcomeOf, startCli } from "./cli.ts";

const ROOT = new URL("..", import.meta.url);

interface Task {
  readonly name: string;
  readonly args: readonly string[];
}

const { tasks }: { tasks: Record<string, { command: string }> } = JSON.parse(
  await Deno.readTextFile(new URL("deno.json", ROOT)),
);

/** Returns the tasks in the shell blocks of a file, in order, without comments. */
async function tasksOf(file: string): Promise<Task[]> {
  const text = await Deno.readTextFile(new URL(file, ROOT));
  const lines = [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, block]) => block!.split("\n"));
  return lines.map((line) => line.replace(/\s#.*$/, "").trim()).filter((line) => line !== "").map((line) => {
    const [, words] = /^(?:npx --yes deno@[\d.]+|deno) task (.+)$/.exec(line) ?? [];
    assert(words !== undefined, `${file}: "${line}" is not a task`);
    const [name = "", ...args] = words.split(/\s+/);
    return { name, args };
  });
}

/** Whether a task is a command of the command line. */
function isCommand({ name }: Task): boolean {
  return tasks[name]?.command.endsWith(`apps/cli/main.ts ${name}`) ?? false;
}

function optionOf({ args }: Task, name: string): string | undefined {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? undefined : args[at + 1];
}

/** Returns the files and folders that a task creates: `--out`, or the folder of a new run. */
function createdBy(task: Task, earlier: readonly string[]): string[] {
  const out = optionOf(task, "out");
  if (out !== undefined) return [out];
  const isNewRun = task.name === "import" || (task.name === "train" && !task.args.includes("--resume"));
  if (!isNewRun || task.args.includes("--help")) return [];
  const prefix = task.name === "import" ? "imported" : optionOf(task, "preset") ?? "digits";
  const number = earlier.filter((path) => path.startsWith(`runs/${prefix}-`)).length + 1;
  return [`runs/${prefix}-${number}`];
}

for (const file of ["README.md", "examples/README.md"]) {
  Deno.test(`${file} prints tasks whose arguments are valid and whose files exist or were created before`, async () => {
    const created: string[] = [];
    const all = await tasksOf(file);
    assert(all.length >= 4, file);
    for (const task of all) {
      const { name, args } = task, line = `deno task ${name} ${args.join(" ")}`;
      assert(Object.hasOwn(tasks, name), line);
      if (isCommand(task)) COMMANDS.find((command) => command.name === name)!.check(args);
      const before = [...created];
      created.push(...createdBy(task, before));
      for (const word of args.filter((word) => /^[^-].*(\/|\.[a-z]+$)/i.test(word))) {
        if (created.includes(word) || word === "site") continue;
        assert(
          before.includes(word) || await exists(new URL(word, ROOT).pathname),
          `${line}: there is no ${word}`,
        );
      }
    }
  });
}

/** Commands whose examples are of others. */
const REFERRING: readonly string[] = ["help", "score", "distance"];

Deno.test("examples in --help are valid tasks of their command", () => {
  for (const { name, examples } of COMMANDS) {
    for (const example of examples) {
      // A launcher starts the same command several times
      const words = example.split(" && ")[0]!.replace(/^mpirun -n \d+ /, "").split(" ");
      assertEquals(words.slice(0, 2), ["deno", "task"], example);
      const shown = COMMANDS.find((command) => command.name === words[2]);
      assert(shown !== undefined && (REFERRING.includes(name) || shown.name === name), example);
      shown.check(words.slice(3));
    }
  }
});

/** Shortens trainings and comparisons to two steps, fits to a few, and experiments; the rest runs as printed. */
function shortened({ name, args }: Task): string[] {
  if (name === "fit") return [name, ...args, "--steps", "3", "--resolution", "28"];
  if (name === "compare") {
    const short = args.map((word, i) =>
      word === "--seconds" ? "--steps" : args[i - 1] === "--seconds" ? "2" : word
    );
    return [
      name,
      ...short,
      "--models",
      "gasp,autodecoder",
      "--seeds",
      "0",
      "--samples",
      "40",
      "--reference",
      "40",
    ];
  }
  if (name === "reproduce") return [name, ...args, "--scale", "tiny"];
  if (name !== "train" || args.includes("--help")) return [name, ...args];
  const short = args.map((word, i) =>
    args[i - 1] === "--steps" ? "2" : args[i - 1] === "--evaluate-every" ? "1" : word
  );
  const isWhole = args.includes("--steps") || args.includes("--resume");
  return [name, ...short, ...(isWhole ? [] : ["--steps", "2"])];
}

Deno.test("the commands of the README run in order in a fresh folder, with two steps of each training", async (context) => {
  await inFolder(async (folder) => {
    await Deno.symlink(new URL("examples", ROOT).pathname, `${folder}/examples`);
    const before: string[] = [];
    for (const task of (await tasksOf("README.md")).filter(isCommand)) {
      const args = shortened(task);
      const created = createdBy(task, before);
      before.push(...created);
      await context.step(args.join(" "), async () => {
        const { code, stdout, stderr } = await outcomeOf(startCli(folder, args));
        assertEquals(code, 0, stdout + stderr);
        for (const path of created) assert(await exists(`${folder}/${path}`), `${path} was not created`);
      });
    }
  });
});

Deno.test("tools/example_files.ts writes the pictures, fields and digit of examples/data", async () => {
  const script = `import { digit, landscape, temperatures } from "./tools/example_files.ts";
    const same = async (file, bytes) => {
      const stored = await Deno.readFile("examples/data/" + file);
      if (stored.length !== bytes.length || stored.some((byte, i) => byte !== bytes[i])) console.log(file);
    };
    for (let i = 0; i < 32; i++) await same("photos/" + String(i).padStart(2, "0") + ".png", landscape(i));
    await same("t2m.nc", temperatures());
    await same("digit.png", await digit());`;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", ...LOCKED, "--ext=ts", script],
    cwd: ROOT.pathname,
    env: { NO_COLOR: "1" },
  }).output();
  const [differing, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert(success, errors);
  assertEquals(differing, "", "files that differ from those in examples/data");
});
