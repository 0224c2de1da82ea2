/**
 * Runs the tasks of `deno.json` with `deno task`, each with its own permissions and without prompts: the help of each, and one
 * small use of each. Exceptions: `peers`, which downloads other libraries; names that moved; and tasks that have all
 * permissions.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { hdf5File } from "../packages/datasets/fields/climate_testing.ts";
import { LAUNCH_VARIABLES } from "../apps/cli/mpi/launch.ts";
import { filesIn, inFolder } from "./cli.ts";
import { testDevices } from "./devices.ts";

const CONFIG = new URL("../deno.json", import.meta.url).pathname;
const FIXTURE = "h_grid2d.safetensors";

const { tasks }: { tasks: Record<string, { command: string; description: string }> } = JSON.parse(
  await Deno.readTextFile(CONFIG),
);
/** Tasks that have options; tools of developers that attack the program have all permissions. */
const programs = Object.keys(tasks).filter((name) => {
  const { command, description } = tasks[name]!;
  return /(?:main|peers)\.ts/.test(command) && !command.includes(" -A ") && !description.startsWith("Now: ");
});

/** Runs a command with additional environment variables, asserts that it succeeds, and returns its output. */
async function deno(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { DENO_NO_PROMPT: "1", NO_COLOR: "1", ...variables },
    stdin: "null",
  }).output();
  const [printed, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert(success, `deno ${args.join(" ")}: ${errors}`);
  return printed!;
}

/** Runs a task, `NAME ARGUMENTS`. */
function task(line: string, variables?: Readonly<Record<string, string>>): Promise<string> {
  return deno(["task", "--quiet", "--config", CONFIG, ...line.split(" ")], variables);
}

Deno.test("every program has a task", () => {
  assert(programs.length >= 13, programs.join());
});

for (const name of programs) {
  Deno.test(`deno task ${name} --help shows its options`, async () => {
    assertMatch(
      await task(`${name} --help`),
      new RegExp(`deno task ${name}\\b[^]*--(?:device|out|build)`),
    );
  });
}

Deno.test("deno task help lists every task", async () => {
  const lines = (await task("help")).split("\n");
  for (const name of Object.keys(tasks)) {
    assert(lines.some((line) => line.startsWith(`deno task ${name} `) && line.length > 30), name);
  }
});

/** What the commands that run on several ranks read of their launcher. */
const LAUNCHERS = [...LAUNCH_VARIABLES, "CONDA_PREFIX"].join();
/** Least permissions of the tasks, found by trying: which variables, system facts and programs, and whether native code (Dawn). */
const PERMISSIONS: Readonly<Record<string, string>> = {
  help: "-R=deno.json",
  train:
    `-R -W -E=HOME,XDG_CACHE_HOME,COLORTERM,TERM,${LAUNCHERS} --allow-ffi --allow-sys=systemMemoryInfo,cpus`,
  import: "-R -W",
  export: "-R -W",
  parity: "-R -E=HOME,XDG_CACHE_HOME --allow-ffi",
  bench: `-R -W -E=HOME,XDG_CACHE_HOME,TERM,NODE_ENV,${LAUNCHERS} --allow-ffi --allow-run=python3 ` +
    "--allow-sys=systemMemoryInfo,cpus",
  data: "-R -W -E=HOME,XDG_CACHE_HOME,TERM --allow-sys=systemMemoryInfo",
  peers: "-R --allow-run",
  fuzz: "-R -E=HOME,XDG_CACHE_HOME --allow-ffi --allow-sys=systemMemoryInfo",
  compare: "-R -W -E=HOME,XDG_CACHE_HOME,TERM --allow-ffi --allow-sys=systemMemoryInfo,cpus",
  reproduce: "-R -W -E=HOME,XDG_CACHE_HOME,TERM,NODE_ENV --allow-ffi --allow-sys=systemMemoryInfo,cpus",
  studio: "-R -W --allow-net=127.0.0.1 --allow-run=deno,xdg-open,open,explorer",
  accuracy: "-R -W=docs -E=HOME,XDG_CACHE_HOME --allow-ffi --allow-sys=systemMemoryInfo",
};
/** Those of the other commands, which use the generator of a run. */
const OF_GENERATORS = "-R -W -E=HOME,XDG_CACHE_HOME,TERM --allow-ffi --allow-sys=systemMemoryInfo";

Deno.test("programs have the least permissions", () => {
  for (const name of [...programs, "help"]) {
    const granted = tasks[name]!.command.match(/(?<= )(?:-[A-Z]|--allow-[a-z]+)\S*/g) ?? [];
    assertEquals(granted.join(" "), PERMISSIONS[name] ?? OF_GENERATORS, name);
  }
});

Deno.test("every task runs with the frozen lock file, except the one that updates it", () => {
  for (const [name, { command }] of Object.entries(tasks)) {
    if (name !== "lock") assert(`${command} `.includes("--lock=deno.lock --frozen "), name);
  }
  assertMatch(tasks.lock!.command, /--lock=tools\/peers\/deno\.lock/);
});

Deno.test("deno task train reports that it found no GPU and which device it uses instead", () =>
  inFolder(async (folder) => {
    // Where the Vulkan loader finds no driver.
    const nowhere = { VK_ICD_FILENAMES: "/nowhere.json", VK_DRIVER_FILES: "/nowhere.json" };
    const said = await task(`train --preset tiny --steps 1 --out ${folder}/run`, nowhere);
    assertMatch(said, /^on wasm \(WebAssembly .*\), as no hardware GPU was found; output in /m);
  }));

/** Uses of the tasks, in sequence in one folder, with the files that each creates. */
const USES: readonly {
  readonly line: string;
  readonly creates?: readonly string[];
  readonly webgpu?: true;
}[] = [
  { line: "train --preset tiny --steps 2 --out DIR/tiny", creates: ["tiny/checkpoints/step-2.safetensors"] },
  {
    line: "train --preset faces32 --steps 1 --device wasm --out DIR/faces",
    creates: ["faces/samples/step-1.png"],
  },
  {
    line: "train --preset chairs16 --steps 1 --device wasm --out DIR/chairs",
    creates: ["chairs/config.json"],
  },
  {
    line: "train DIR/tiny --resume --steps 3 --device wasm",
    creates: ["tiny/checkpoints/step-3.safetensors"],
  },
  { line: "sample DIR/tiny --device wasm --out DIR/sample.png", creates: ["sample.png"] },
  { line: "sample DIR/tiny --device webgpu --out DIR/gpu.png", creates: ["gpu.png"], webgpu: true },
  { line: "sample DIR/chairs --device wasm --count 1 --out DIR/chair.glb", creates: ["chair.glb"] },
  {
    line: "interpolate DIR/tiny --device wasm --format apng --out DIR/between.png",
    creates: ["between.png"],
  },
  { line: "upscale DIR/tiny --device wasm --out DIR/upscale.png", creates: ["upscale.png"] },
  { line: "zoom DIR/tiny --device wasm --out DIR/zoom.png", creates: ["zoom.png"] },
  {
    line: "fit DIR/faces --input DIR/faces/samples/step-1.png --steps 2 --device wasm --out DIR/fit.png",
    creates: ["fit.png"],
  },
  {
    line: "anomalies DIR/tiny --count 3 --steps 2 --device wasm --out DIR/anomalies.png",
    creates: ["anomalies.png"],
  },
  { line: "export DIR/tiny --out DIR/generator.safetensors", creates: ["generator.safetensors"] },
  { line: "import DIR/generator.safetensors --out DIR/back", creates: ["back/config.json"] },
  { line: "parity DIR/fixtures --device wasm" },
  { line: "data inspect DIR/faces/samples --out DIR/data.png", creates: ["data.png"] },
  { line: "data inspect DIR/fields.nc" },
  { line: "data inspect faces" },
  { line: "data inspect emoji" },
  { line: "bench knn --n 200 --device wasm --json" },
  { line: "evaluate DIR/faces --samples 70 --device wasm --json DIR/scores.json", creates: ["scores.json"] },
  {
    line:
      "compare --data tiny --models gasp --steps 2 --seeds 0 --samples 9 --reference 9 --device wasm --out DIR/compared",
    creates: ["compared/table.md", "compared/samples.png"],
  },
  {
    line: "reproduce figure8 --scale tiny --device wasm --out DIR/reproduced",
    creates: ["reproduced/figure8/memory.svg"],
  },
  { line: "fuzz --trials 2 --device wasm" },
  { line: "accuracy --device wasm" },
  {
    line: "studio --build DIR/site",
    creates: ["site/index.html", "site/app/main.js", "site/worker/compute.js"],
  },
];

const noGPU = (await testDevices()).find(({ kind }) => kind === "webgpu")?.missing;

Deno.test("every program works with the permissions of its task", (context) =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/fixtures`);
    await Deno.copyFile(new URL(`fixtures/${FIXTURE}`, import.meta.url), `${folder}/fixtures/${FIXTURE}`);
    const grid = { latitudes: [60, 0, -60], longitudes: [0, 90, 180, 270], times: 2 };
    await Deno.writeFile(`${folder}/fields.nc`, await hdf5File(grid));
    // An empty cache for faces and emoji, but the usual one for packages.
    const { denoDir } = JSON.parse(await deno(["info", "--json"]));
    const variables = { XDG_CACHE_HOME: `${folder}/cache`, DENO_DIR: denoDir };
    for (const { line, creates = [], webgpu } of USES) {
      await context.step({
        name: line,
        ignore: webgpu === true && noGPU !== undefined,
        async fn() {
          assert((await task(line.replaceAll("DIR", folder), variables)).length > 0);
          const files = await filesIn(folder);
          assertEquals(creates.filter((file) => !files.get(file)?.length), []);
        },
      });
    }
    const used = new Set(USES.map(({ line }) => line.split(" ")[0]));
    assertEquals(programs.filter((name) => !used.has(name)), ["peers"]);
  }));
