import { cast, placeholder, type Tensor } from "@gasp/tensor";
import { elementwise, topologicalOrder } from "@gasp/tensor/compiler";
import { vjpRules } from "@gasp/autograd/rules";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { skipReason } from "../../packages/tensor/webgpu/runtime/skip_reason_test.ts";
import { runCampaign } from "./campaign.ts";
import { FUZZ_DEVICES, type FuzzDevice, openFuzzDevice } from "./devices.ts";
import { generate } from "./generators/generate.ts";
import { OPERATIONS } from "./generators/table.ts";
import { twinOf } from "./generators/twin.ts";
import { KIND_NAMES, KINDS } from "./kinds.ts";
import { describeSummary, parseOptions, seedOfDay } from "./main.ts";
import { minimise } from "./minimise.ts";
import { ARITHMETIC, withinRange } from "./oracle/bounded.ts";
import { boundElementwise } from "./oracle/elementwise.ts";
import { EXCHANGES } from "./oracle/structural.ts";
import { argumentsOf, hostTensor } from "./program/arguments.ts";
import { buildOutputs } from "./program/build.ts";
import { Dice } from "./program/dice.ts";
import { leafValues } from "./program/leaf_values.ts";
import type { Program } from "./program/program.ts";
import { printProgram } from "./program/source.ts";
import { compareWithPython, findPython } from "./second_oracle.ts";

const ROOT = new URL("../../", import.meta.url);

/** Minutes on `wasm` and on `webgpu`, with seeds of the day; none for a few trials with fixed seeds. */
const MINUTES = Number(Deno.env.get("GASP_FUZZ_MINUTES") ?? 0);

/** Trials with fixed seeds. */
const TRIALS: Readonly<Record<FuzzDevice, number>> = { wasm: 200, webgpu: 25, wgpu: 25 };

function callsOf({ steps }: Program): string[] {
  return steps.flatMap((step) => (step.kind === "call" ? [step.name] : []));
}

function outputsOf(program: Program): Tensor[] {
  return buildOutputs(program, (leaf) => hostTensor(leaf, leafValues(leaf)));
}

async function reasonToSkip(name: FuzzDevice): Promise<string | undefined> {
  try {
    await (await openFuzzDevice(name)).close();
    return undefined;
  } catch (error) {
    return skipReason(name, error);
  }
}

for (const device of FUZZ_DEVICES) {
  const reason = await reasonToSkip(device);
  Deno.test({
    name: `random programs agree with the oracle on ${device}${reason === undefined ? "" : `: ${reason}`}`,
    ignore: reason !== undefined,
    async fn() {
      // The shaders of `wgpu` are those of `webgpu`
      const limits = MINUTES > 0 && device !== "wgpu"
        ? { seed: seedOfDay(new Date()), seconds: 60 * MINUTES }
        : { seed: 1, seconds: Infinity, trials: TRIALS[device] };
      const summary = await runCampaign({
        ...limits,
        devices: [device],
        kinds: KIND_NAMES,
        maxFailures: 3,
        minimiseSeconds: 60,
      });
      console.log(`seed ${limits.seed} on ${device}: ${describeSummary(summary)}`);
      // What repeats a failure comes last, since logs are cut at their beginning
      const texts = summary.findings.map(({ seed, kind, failure, source }) =>
        `${source}\n${failure.message}\ndeno task fuzz --seed ${seed} --trials 1 --device ${device} --only ${kind}`
      );
      assert(texts.length === 0, texts.join("\n\n"));
      assert(summary.byDevice.get(device)!.compared > 500);
    },
  });
}

const python = await findPython();

Deno.test({
  name: `the reference agrees with PyTorch and SciPy${python ? "" : ", which are not installed"}`,
  ignore: python === undefined,
  async fn() {
    const { compared, differences } = await compareWithPython(python!, 1, 60);
    assertEquals(differences.map(({ seed, message }) => `seed ${seed}: ${message}`), []);
    assert(compared >= 30);
  },
});

Deno.test("a seed determines the program", () => {
  for (const kind of KIND_NAMES) {
    assertEquals(KINDS[kind].generate(7), KINDS[kind].generate(7), kind);
    assert(JSON.stringify(KINDS[kind].generate(7)) !== JSON.stringify(KINDS[kind].generate(8)), kind);
  }
});

Deno.test("programs reach every operation and every primitive", () => {
  const calls = new Set<string>(), primitives = new Set<string>();
  for (let seed = 0; seed < 700; seed++) {
    const { program, broken } = generate(seed);
    assertEquals(broken, []);
    callsOf(program).forEach((name) => calls.add(name));
    for (const { node } of topologicalOrder(outputsOf(program))) primitives.add(node.op);
  }
  assertEquals(OPERATIONS.filter((name) => !calls.has(`t.${name}`)), [], "operations");
  const all = [...Object.keys(elementwise), ...Object.keys(vjpRules)];
  const isMissing = (name: string) => !primitives.has(name) && ![...EXCHANGES, "input"].includes(name);
  assertEquals(all.filter(isMissing), [], "primitives");
});

Deno.test("minimise() leaves what makes a program fail", async () => {
  const seed = Array.from({ length: 500 }, (_, i) => i).find((i) => {
    const calls = callsOf(generate(i).program);
    return calls.includes("t.exp") && calls.length > 5;
  })!;
  const { program } = generate(seed);
  const smallest = await minimise(program, (candidate) => {
    outputsOf(candidate);
    return Promise.resolve(callsOf(candidate).includes("t.exp"));
  });
  assertEquals(callsOf(smallest), ["t.exp"]);
  assertEquals(smallest.run, {
    threads: 1,
    donated: [],
    shared: [],
    repeats: 0,
    concurrent: false,
    order: 0,
    evaluated: false,
  });
});

/** The first program of a seed for which something holds. */
function seedWhere(of: (seed: number) => Program, holds: (program: Program) => boolean): Program {
  for (let seed = 0;; seed++) {
    const program = of(seed);
    if (holds(program)) return program;
  }
}

Deno.test("printProgram() prints programs that run", async () => {
  const wanted = [
    generate(3, { derivatives: true }).program,
    generate(5, { batched: true }).program,
    KINDS.searches.generate(2),
    generate(12).program,
    seedWhere(
      (seed) => KINDS.pairs.generate(seed),
      ({ beside, run }) => beside !== undefined && run.evaluated,
    ),
    seedWhere(
      (seed) => generate(seed).program,
      ({ run }) => run.shared.length > 0 && run.batch === undefined,
    ),
  ];
  for (const program of wanted) {
    const path = await Deno.makeTempFile({ dir: ROOT.pathname, prefix: "fuzz_printed_", suffix: ".ts" });
    try {
      await Deno.writeTextFile(path, printProgram(program, "wasm", ["a note"]));
      const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "--lock=deno.lock", "--frozen", path],
        cwd: ROOT,
        env: { NO_COLOR: "1" },
      }).output();
      const text = new TextDecoder();
      assert(success, text.decode(stderr));
      assertStringIncludes(text.decode(stdout), "run 0, output 0");
    } finally {
      await Deno.remove(path);
    }
  }
});

Deno.test("twins differ from their programs in a parameter, not in a shape", () => {
  let found = 0;
  for (let seed = 0; seed < 60; seed++) {
    const { program } = generate(seed, { scale: "factors" }), twin = twinOf(program, new Dice(seed, "test"));
    if (!twin) continue;
    found++;
    const differences = program.steps.filter((step, i) =>
      JSON.stringify(step) !== JSON.stringify(twin.steps[i])
    );
    assertEquals(differences.length, 1, `seed ${seed}`);
    const shapes = [program, twin].map((each) => outputsOf(each).map(({ shape, dtype }) => [shape, dtype]));
    assertEquals(shapes[0], shapes[1], `seed ${seed}`);
  }
  assert(found > 20, `${found} twins`);
});

Deno.test("arguments that share a tensor have the same elements", () => {
  const program = seedWhere((seed) => generate(seed).program, ({ run }) => run.shared.length > 0);
  const [first, second] = program.run.shared[0]!, leaves = new Map(argumentsOf(program));
  assertEquals(leaves.get(second), leaves.get(first));
});

Deno.test("results next to the smallest normal number may be 0", () => {
  const smallest = 2 ** -126, value = Float64Array.of(smallest * (1 + 1e-7), 4 * smallest, 0);
  const bounded = { value, error: Float64Array.of(1e-6 * smallest, 1e-6 * smallest, 0) };
  withinRange(bounded);
  assert(bounded.error[0]! >= value[0]!);
  assertEquals([...bounded.error].slice(1), [1e-6 * smallest, 0]);
});

Deno.test("a bool is open where the number that it was cast from may be 0", () => {
  const x = placeholder([3], "f32"), out = cast(x, "bool");
  const input = { value: Float64Array.of(1e-17, 1e-17, 1), error: Float64Array.of(1e-8, 0, 1e-8) };
  const evaluate = (number: number) => Number(number !== 0);
  assertEquals([...boundElementwise("cast", out, [input], evaluate, ARITHMETIC.wasm).error], [
    Infinity,
    0,
    0,
  ]);
});

Deno.test("parseOptions() refuses what it does not know", () => {
  assertEquals(parseOptions(["--seed", "5", "--only", "vmap"])?.kinds, ["vmap"]);
  for (
    const args of [["--seed", "x"], ["--only", "a"], ["--device", "cuda"], ["--what"], ["--minutes", "-1"]]
  ) {
    let message = "";
    try {
      parseOptions(args);
    } catch (error) {
      message = (error as Error).message;
    }
    assert(message !== "", args.join(" "));
  }
});
