/**
 * Compares the reference interpreter and its derivatives with PyTorch and SciPy, which `second_oracle.py` runs in double
 * precision: `deno task fuzz-python`. Programs consist of the functions that both know.
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { interpret } from "../../packages/tensor/reference/interpret.ts";
import { generate } from "./generators/generate.ts";
import { argumentsOf, hostTensor } from "./program/arguments.ts";
import { buildOutputs, withDerivatives } from "./program/build.ts";
import { leafValues } from "./program/leaf_values.ts";
import { type Argument, type Program, Reference } from "./program/program.ts";
import { printProgram } from "./program/source.ts";

const SCRIPT = new URL("./second_oracle.py", import.meta.url).pathname;

/** Interpreters to try; that of the distribution may have packages that another in the path does not have. */
const INTERPRETERS = ["python3", "/usr/bin/python3"] as const;

/** Largest difference, relative to the larger of 1 and the value. */
const TOLERANCE = 1e-7;

/** Programs per run of the interpreter. */
const BATCH = 200;

/** A result of PyTorch; numbers that are not finite are text. */
type PythonResult = { readonly outputs: readonly (readonly (number | string)[])[] } | {
  readonly skipped: string;
};

/** Counts of a comparison. */
export interface Comparison {
  readonly compared: number;
  /** Reasons why programs were not compared, and how often. */
  readonly skipped: ReadonlyMap<string, number>;
  /** Programs on which both disagree. */
  readonly differences: readonly {
    readonly seed: number;
    readonly message: string;
    readonly program: Program;
  }[];
}

async function run(
  interpreter: string,
  args: readonly string[],
  input: string,
  stderr: "inherit" | "null" = "inherit",
): Promise<string> {
  const child = new Deno.Command(interpreter, {
    args: [SCRIPT, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr,
  }).spawn();
  const writer = child.stdin.getWriter();
  const written = writer.write(new TextEncoder().encode(input)).then(() => writer.close()).catch(() => {});
  const { success, stdout } = await child.output();
  await written;
  if (!success) throw new Error(`${interpreter} failed`);
  return new TextDecoder().decode(stdout);
}

/** Returns an interpreter that has PyTorch and SciPy, and the functions that it knows; undefined if there is none. */
export async function findPython(): Promise<{ interpreter: string; names: ReadonlySet<string> } | undefined> {
  for (const interpreter of INTERPRETERS) {
    try {
      return { interpreter, names: new Set(JSON.parse(await run(interpreter, ["--names"], "", "null"))) };
    } catch {
      continue;
    }
  }
  return undefined;
}

function plain(argument: Argument): unknown {
  if (argument instanceof Reference) return { ref: [argument.step, argument.path] };
  if (typeof argument === "number" && !Number.isFinite(argument)) return pythonNumber(argument);
  if (typeof argument !== "object" || argument === null) return argument ?? null;
  if (Array.isArray(argument)) return argument.map(plain);
  const entries = Object.entries(argument).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [key, plain(value)]));
}

function pythonNumber(x: number): number | string {
  if (Number.isFinite(x)) return x;
  return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
}

function exported({ steps, outputs, run: { order } }: Program): unknown {
  return {
    order,
    outputs: outputs.map(({ step, path }) => [step, path]),
    steps: steps.map((step) =>
      step.kind === "call" ? { name: step.name, args: step.args.map(plain) } : {
        dtype: step.dtype,
        shape: step.shape,
        isArgument: step.role === "argument",
        values: [...leafValues(step)].map(pythonNumber),
      }
    ),
  };
}

function referenceValues(program: Program): Float64Array[] {
  const tensors = program.steps.map((step) =>
    step.kind === "leaf" ? hostTensor(step, leafValues(step)) : undefined
  );
  const outputs = buildOutputs(program, (_, step) => tensors[step]!);
  return interpret(
    withDerivatives(outputs, argumentsOf(program).map(([step]) => tensors[step]!), program.run.order),
  );
}

function differenceOf(
  values: readonly Float64Array[],
  outputs: readonly (readonly (number | string)[])[],
): string | undefined {
  if (values.length !== outputs.length) return `${values.length} outputs instead of ${outputs.length}`;
  for (const [i, output] of outputs.entries()) {
    if (output.length !== values[i]!.length) {
      return `output ${i} has ${values[i]!.length} elements instead of ${output.length}`;
    }
    for (const [j, wanted] of output.entries()) {
      const x = values[i]![j]!,
        y = Number(typeof wanted === "string" ? wanted.replace("inf", "Infinity") : wanted);
      // Singular derivatives are NaN or infinite by different conventions
      if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
      if (Math.abs(x - y) > TOLERANCE * Math.max(1, Math.abs(y))) {
        return `output ${i}[${j}] is ${x} instead of ${y}`;
      }
    }
  }
  return undefined;
}

/**
 * Compares programs.
 *
 * @param python Interpreter and the functions it knows.
 * @param seed First seed.
 * @param count Number of programs.
 */
export async function compareWithPython(
  python: { readonly interpreter: string; readonly names: ReadonlySet<string> },
  seed: number,
  count: number,
): Promise<Comparison> {
  let compared = 0;
  const skipped = new Map<string, number>();
  const differences: { seed: number; message: string; program: Program }[] = [];
  for (let first = seed; first < seed + count; first += BATCH) {
    const seeds = Array.from({ length: Math.min(BATCH, seed + count - first) }, (_, i) => first + i);
    const programs = seeds.map((seed) =>
      generate(seed, { derivatives: seed % 2 === 0, data: "uniform", calls: python.names }).program
    );
    const text = await run(python.interpreter, [], JSON.stringify(programs.map(exported)));
    (JSON.parse(text) as PythonResult[]).forEach((result, i) => {
      if ("skipped" in result) {
        const reason = result.skipped.replace(/[\d.]+/g, "#").slice(0, 70);
        return void skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
      }
      compared++;
      const message = differenceOf(referenceValues(programs[i]!), result.outputs);
      if (message !== undefined) differences.push({ seed: seeds[i]!, message, program: programs[i]! });
    });
  }
  return { compared, skipped, differences };
}

async function main(args: readonly string[]): Promise<number> {
  const { seed, count } = parseArgs([...args], {
    string: ["seed", "count"],
    default: { seed: "1", count: "1000" },
  });
  const python = await findPython();
  if (!python) {
    console.log(`no PyTorch and SciPy: neither ${INTERPRETERS.join(" nor ")} has them`);
    return 1;
  }
  const { compared, skipped, differences } = await compareWithPython(python, Number(seed), Number(count));
  for (const { seed, message, program } of differences) {
    console.log(`\nDIFFERENCE: seed ${seed}: ${message}\n${printProgram(program, "wasm", [message])}`);
  }
  const reasons = [...skipped].sort(([, a], [, b]) => b - a).map(([reason, count]) => `${count} ${reason}`);
  if (reasons.length > 0) console.log(`skipped: ${reasons.join("; ")}`);
  console.log(`${compared} programs compared, ${differences.length} differences`);
  return differences.length === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
