/**
 * Prints a program as TypeScript that runs as it is from the root of the repository.
 * @module
 */
import { sizeOf } from "@gasp/tensor";
import type { FuzzDevice } from "../devices.ts";
import { argumentsOf, mappedSize, sharedWith } from "./arguments.ts";
import type { MODULES } from "./build.ts";
import { leafValues } from "./leaf_values.ts";
import { type Argument, type Leaf, type Program, Reference } from "./program.ts";

/** Leaves with at most this number of elements are printed as numbers. */
const MAX_PRINTED = 64;

const PACKAGES: Readonly<Record<keyof typeof MODULES, string>> = {
  t: "@gasp/tensor",
  c: "@gasp/tensor/compiler",
  ad: "@gasp/autograd",
  pc: "@gasp/pointconv",
};

const NAMES = { f32: "Float32Array", i32: "Int32Array", u32: "Uint32Array", bool: "Uint32Array" } as const;

function printNumber(x: number): string {
  return Object.is(x, -0) ? "-0" : String(x);
}

function isName(key: string): boolean {
  return /^[A-Za-z_]\w*$/.test(key);
}

/** Prints an argument of a call. */
function print(argument: Argument): string {
  if (argument instanceof Reference) {
    const keys = argument.path.map((key) =>
      typeof key === "string" && isName(key) ? `.${key}` : `[${JSON.stringify(key)}]`
    );
    return `x${argument.step}${keys.join("")}`;
  }
  if (typeof argument === "number") return printNumber(argument);
  if (typeof argument !== "object" || argument === null) return JSON.stringify(argument) ?? "undefined";
  if (Array.isArray(argument)) return `[${argument.map(print).join(", ")}]`;
  const entries = Object.entries(argument).filter(([, value]) => value !== undefined);
  const fields = entries.map(([key, value]) => `${isName(key) ? key : JSON.stringify(key)}: ${print(value)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

function printLeaf(leaf: Leaf, isPlain: boolean, size: number | undefined): string {
  if (isPlain && size === undefined && sizeOf(leaf.shape) <= MAX_PRINTED) {
    const values = [...leafValues(leaf)].map(printNumber).join(", ");
    return `t.tensor(${NAMES[leaf.dtype]}.of(${values}), [${leaf.shape.join(", ")}], "${leaf.dtype}")`;
  }
  const more = size === undefined ? "" : `, ${size}`;
  return `argumentTensor(${JSON.stringify(leaf)}, ${leaf.role === "argument" ? "run" : "0"}${more})`;
}

/**
 * Prints a program.
 *
 * @param program The program.
 * @param device Name of the device.
 * @param notes Lines of the comment at the top.
 */
export function printProgram(program: Program, device: FuzzDevice, notes: readonly string[]): string {
  const { beside, run } = program;
  const text = [
    ...notes.map((note) => `// ${note}`),
    "IMPORTS",
    "",
    `await using device = await t.openDevice(${printDevice(device, run.threads)});`,
    ...beside
      ? [
        "const programs: (() => Promise<unknown>)[] = [];",
        ...[program, beside].flatMap((each) => ["{", ...printRuns(each, (runs) => pushed(runs)), "}"]),
        run.concurrent
          ? "await Promise.all(programs.map((run) => run()));"
          : "for (const run of programs) await run();",
      ]
      : printRuns(program, (runs) => [runs]),
    "",
  ].join("\n");
  return text.replace("IMPORTS", importsOf(text));
}

function printDevice(device: FuzzDevice, threads: number): string {
  if (device === "wasm") return `"wasm", { threads: ${threads} }`;
  return device === "wgpu" ? '"webgpu", { webgpu: { gpu: navigator.gpu } }' : '"webgpu"';
}

function pushed(runs: string): string[] {
  return ["programs.push(async () => {", `  ${runs}`, "});"];
}

/** Prints the function that a program is, and its runs. */
function printRuns(program: Program, finish: (runs: string) => readonly string[]): string[] {
  const { steps, outputs, run } = program, leaves = argumentsOf(program);
  const isPlain = run.repeats === 0;
  const names = leaves.map(([step]) => `x${step}`).join(", ");
  const body = steps.flatMap((step, i) => {
    if (step.kind === "leaf") {
      return step.role === "argument" ? [] : [`  const x${i} = ${printLeaf(step, true, undefined)};`];
    }
    const call = `${step.name}(${step.args.map(print).join(", ")})`;
    return [
      `  const x${i} = ${
        step.scope === undefined ? call : `t.scope(${JSON.stringify(step.scope)}, () => ${call})`
      };`,
    ];
  });
  const results = `[${outputs.map(print).join(", ")}]`;
  const axes = leaves.map(([step]) => (mappedSize(run, step) === undefined ? "null" : "0")).join(", ");
  const position = (step: number) => leaves.findIndex(([leaf]) => leaf === step);
  const donated = run.donated.map(position).filter((i) => i >= 0);
  const shared = leaves.flatMap(([step], i) => {
    const first = sharedWith(program, step);
    return first === undefined ? [] : [`  args[${i}] = args[${position(first)}]!;`];
  });
  const options = [
    "device",
    ...donated.length > 0 ? [`donateArgnums: [${donated.join(", ")}]`] : [],
    ...run.memoryPart === undefined ? [] : ["memoryBytes"],
  ].join(", ");
  return [
    `const program = (${names === "" ? "" : `...[${names}]: t.Tensor[]`}): t.Tensor[] => {`,
    ...body,
    `  return ${run.order === 0 ? results : `withDerivatives(${results}, [${names}], ${run.order})`};`,
    "};",
    `const fn = ${run.batch ? `t.vmap(program, { inAxes: [${axes}] })` : "program"};`,
    `const argumentsOf = (run: number): t.Tensor[] => [`,
    ...leaves.map(([step, leaf]) => `  ${printLeaf(leaf, isPlain, mappedSize(run, step))}, // x${step}`),
    "];",
    ...run.memoryPart === undefined ? [] : [
      "const plan = await t.compile(fn, { device }).plan(...argumentsOf(0));",
      `const memoryBytes = Math.ceil((plan.temporaryBytes + plan.externalBytes) * ${run.memoryPart});`,
    ],
    ...run.evaluated ? [] : [`const compiled = t.compile(fn, { ${options} });`],
    "const once = async (run: number) => {",
    "  const args = await t.evaluate(argumentsOf(run), device);",
    ...shared,
    `  const got = ${run.evaluated ? "await t.evaluate(fn(...args), device)" : "await compiled(...args)"};`,
    "  const wanted = await t.evaluate(fn(...argumentsOf(run)), t.reference);",
    "  for (const [i, output] of got.entries()) {",
    '    console.log(`run ${run}, output ${i}`, await output.data(), "wanted", await wanted[i]!.data());',
    "  }",
    "};",
    ...finish(
      run.concurrent
        ? `await Promise.all([${Array.from({ length: run.repeats + 1 }, (_, i) => i).join(", ")}].map(once));`
        : `for (let run = 0; run <= ${run.repeats}; run++) await once(run);`,
    ),
  ];
}

function importsOf(text: string): string {
  const packages = (Object.keys(PACKAGES) as (keyof typeof MODULES)[])
    .filter((name) => name === "t" || new RegExp(`\\b${name}\\.`).test(text))
    .map((name) => `import * as ${name} from "${PACKAGES[name]}";`);
  const helpers = [["withDerivatives", "build"], ["argumentTensor", "arguments"]]
    .filter(([name]) => text.includes(`${name}(`))
    .map(([name, file]) => `import { ${name} } from "./tools/fuzz/program/${file}.ts";`);
  return [...packages, ...helpers].join("\n");
}
