/** @module */
import { assertEquals, assertThrows } from "@std/assert";
import { COMMON_OPTIONS, describeOptions, type OptionTable, parseOptions, UsageError } from "./options.ts";

const TABLE = {
  steps: {
    kind: "integer",
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    help: "Steps",
    defaultText: "the preset's",
  },
  seed: { kind: "integer", min: 0, max: 100, help: "Seed", default: 7 },
  device: { kind: "choice", choices: ["auto", "wasm"], help: "Device", default: "auto" },
  out: { kind: "text", value: "FOLDER", help: "Where" },
  resume: { kind: "text", value: "FOLDER", optional: true, help: "Resume" },
  preset: { kind: "choice", choices: ["digits", "faces32", "chairs16"], help: "Preset" },
  json: { kind: "flag", help: "As JSON" },
  hidden: { kind: "text", value: "X", hidden: true, help: "Not listed" },
  stop: { kind: "former", remedy: "write --steps" },
  ...COMMON_OPTIONS,
} satisfies OptionTable;

const parse = (...args: string[]) => parseOptions(TABLE, args);

Deno.test("parseOptions() returns defaults for absent options", () => {
  const { values, positionals } = parse();
  assertEquals(values, {
    steps: undefined,
    seed: 7,
    device: "auto",
    out: undefined,
    resume: undefined,
    preset: undefined,
    json: false,
    hidden: undefined,
    stop: undefined,
    help: false,
    debug: false,
  });
  assertEquals(positionals, []);
});

Deno.test("parseOptions() reads every kind of value, after a space or an equals sign", () => {
  const { values, positionals } = parse(
    "--steps",
    "5",
    "--seed=0",
    "--device=wasm",
    "--out",
    "007",
    "12",
    "--json",
  );
  assertEquals([values.steps, values.seed, values.device, values.out], [5, 0, "wasm", "007"]);
  assertEquals(values.json, true);
  assertEquals(positionals, ["12"]);
});

Deno.test("parseOptions() accepts values that start with a negative number", () => {
  assertEquals(parse("--out", "-1,-1,0,0").values.out, "-1,-1,0,0");
  assertEquals(parse("--out", "-.5", "12").values.out, "-.5");
  assertEquals(parse("--resume", "-1", "--json").values.resume, "-1");
});

Deno.test("parseOptions() accepts an option without its optional value", () => {
  assertEquals(parse("--resume").values.resume, "");
  assertEquals(parse("--resume", "--json").values.resume, "");
  assertEquals(parse("--resume", "runs/a").values.resume, "runs/a");
});

Deno.test("parseOptions() rejects invalid options, naming the option, the value and what is allowed", () => {
  const cases: [string[], string][] = [
    [["--step", "5"], "unknown option --step; did you mean --steps?"],
    [["--stop", "5"], "there is no option --stop any more: write --steps"],
    [["--hiden", "5"], "unknown option --hiden"],
    [["--wings=3"], "unknown option --wings"],
    [["-x"], "unknown option -x"],
    [["--steps", "many"], '--steps must be a whole number of at least 1; got "many"'],
    [["--steps", "0"], '--steps must be a whole number of at least 1; got "0"'],
    [["--steps", "1.5"], '--steps must be a whole number of at least 1; got "1.5"'],
    [["--seed", "101"], '--seed must be a whole number from 0 to 100; got "101"'],
    [["--seed=-1"], '--seed must be a whole number from 0 to 100; got "-1"'],
    [["--seed", "-1"], '--seed must be a whole number from 0 to 100; got "-1"'],
    [["--json", "-1"], "unknown option -1"],
    [["-1"], "unknown option -1"],
    [["--steps"], "--steps needs a value: --steps N"],
    [["--out", "--json"], "--out needs a value: --out FOLDER"],
    [["--device", "wasmm"], '--device must be one of auto, wasm; got "wasmm"; did you mean wasm?'],
  ];
  for (const [args, message] of cases) {
    const error = assertThrows(() => parse(...args), UsageError);
    assertEquals(error.message, message);
  }
});

Deno.test("describeOptions() lists every option with its value and default", () => {
  const lines = describeOptions(TABLE, 80).split("\n");
  assertEquals(lines.length, Object.keys(TABLE).length - 2, "all but hidden and former options");
  assertEquals(lines[0], "  --steps N           Steps (default: the preset's)");
  assertEquals(lines[1], "  --seed N            Seed (default: 7)");
  assertEquals(lines[2], "  --device auto|wasm  Device (default: auto)");
  assertEquals(lines[4], "  --resume [FOLDER]   Resume");
  assertEquals(lines[5], "  --preset NAME       Preset: digits, faces32, chairs16");
  assertEquals(lines[6], "  --json              As JSON");
});

Deno.test("parseOptions() explains an equals sign without a value", () => {
  assertThrows(() => parse("--steps="), UsageError, "--steps needs a value: --steps N");
  assertThrows(() => parse("--resume="), UsageError, '--resume=: write --resume, without "="');
  assertThrows(() => parse("--json="), UsageError, '--json=: write --json, without "="');
});
