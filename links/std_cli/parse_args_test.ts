/**
 * Tests of the parser of command line arguments.
 *
 * @module
 */
import { assertEquals } from "../std_assert/mod.ts";
import { parseArgs } from "./parse_args.ts";

Deno.test("parseArgs() reads declared options, aliases, negations and defaults", () => {
  const args = parseArgs(
    ["train", "--preset", "x", "--steps=5", "--resume", "-h", "--no-color", "--rate", "1e-3", "--", "z"],
    {
      boolean: ["resume", "help", "color"],
      string: ["preset", "steps", "seed"],
      negatable: ["color"],
      alias: { help: "h" },
      default: { seed: "0", color: true },
    },
  );
  const preset: string | undefined = args.preset;
  const resume: boolean = args.resume;
  const seed: string = args.seed;
  const rate: unknown = args.rate;
  assertEquals([preset, args.steps, resume, args.help, args.color, seed, rate], [
    "x",
    "5",
    true,
    true,
    false,
    "0",
    0.001,
  ]);
  assertEquals(args._, ["train", "z"]);
});

Deno.test("parseArgs() stops at the first argument that is no option, and keeps what follows -- apart", () => {
  const args = parseArgs(["--x", "1", "a", "--y", "--", "b"], { stopEarly: true, "--": true });
  const rest: string[] = args["--"];
  assertEquals<unknown>([args.x, args._, rest], [1, ["a", "--y"], ["b"]]);
});

Deno.test("parseArgs() hands what was not declared to unknown() and drops it where that says false", () => {
  const unknown: string[] = [];
  const args = parseArgs(["--prset", "x", "y", "--preset", "z"], {
    string: ["preset"],
    unknown: (arg, key) => {
      unknown.push(key ?? arg);
      return false;
    },
  });
  assertEquals(unknown, ["prset", "y"]);
  assertEquals<unknown>(args, { preset: "z", _: [] });
});

Deno.test("parseArgs() collects the values of an option that is given more than once", () => {
  const args = parseArgs(["--size", "1", "--size", "2"], { string: ["size"], collect: ["size", "other"] });
  const sizes: string[] = args.size;
  assertEquals<unknown>([sizes, args.other], [["1", "2"], []]);
});

Deno.test("parseArgs() gives a text option without a value the empty text, and a boolean only true or false", () => {
  const args = parseArgs(["--out", "--flag", "false", "--other", "3"], {
    string: ["out"],
    boolean: ["flag", "other"],
  });
  assertEquals<unknown>(args, { out: "", flag: false, other: true, _: [3] });
});

Deno.test("parseArgs() reads groups of short options", () => {
  assertEquals<unknown>(parseArgs(["-n5", "-abc", "q", "-o=x"]), {
    n: 5,
    a: true,
    b: true,
    c: "q",
    o: "x",
    _: [],
  });
});
