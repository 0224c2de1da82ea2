/**
 * The guide names what exists. That its code runs, `deno test --doc` checks.
 */
import * as autograd from "@gasp/autograd";
import * as datasets from "@gasp/datasets";
import * as gasp from "@gasp/gasp";
import * as pointconv from "@gasp/pointconv";
import * as tensor from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import { readDocumentation } from "../tools/documentation.ts";

const GUIDE = new URL("../docs/guide/", import.meta.url);

/** Names that come out of a table's code: functions that are called, and words that stand alone. */
function names(code: string): string[] {
  return [...code.matchAll(/(?<![.\w])([A-Za-z]\w*)\(/g), ...code.matchAll(/^([A-Za-z]\w*)$/g)].map((
    [, name],
  ) => name!);
}

/** The cells of a row of a Markdown table. */
function cells(row: string): string[] {
  return row.split("|").slice(1, -1).map((cell) => cell.trim());
}

async function chapters(): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(GUIDE)) if (name !== "README.md") found.push(name);
  return found.sort();
}

Deno.test("every name of ours in the table for those who know other libraries is exported", async () => {
  const exported = new Set(
    [autograd, datasets, gasp, pointconv, tensor].flatMap((module) => Object.keys(module)),
  );
  const ours = (await Deno.readTextFile(new URL("coming_from.md", GUIDE))).split("\n")
    .filter((line) => line.startsWith("|") && !line.startsWith("| -")).map(cells);
  assert(
    ours.every((row) => row.length === 4),
    `rows need four cells: ${ours.find((row) => row.length !== 4)}`,
  );
  const code = ours.flatMap((row) => [...row[3]!.matchAll(/`([^`]+)`/g)].map(([, text]) => text!));
  const named = code.flatMap(names).filter((name) => !["using", "String", "f"].includes(name));
  assertEquals(named.filter((name) => !exported.has(name)), []);
  assert(new Set(named).size > 180, `only ${new Set(named).size} names`);
  const members = code.flatMap((text) => [...text.matchAll(/\bx\.(\w+)/g)].map(([, member]) => member!));
  assertEquals(members.filter((member) => !(member in tensor.tensor(1))), []);
});

/** Categories of the reference whose functions all have a place in the table. */
const OPERATIONS = [
  "Element-wise operations",
  "Reductions",
  "Shapes and movement",
  "Indexing and order",
  "Linear algebra",
  "Convolution and pooling",
  "Layers",
  "Initialisation",
  "Losses",
  "Optimisers",
  "Gradients",
  "Transformations",
];

/** Functions that no other library has, or that others are made of. */
const NOT_EVERYDAY = [
  ...["adamStepSizes", "adamUpdate", "testDirection"],
  ...["convGeneral", "cos2pi", "sin2pi", "gather", "identity", "tableRows"],
  ...["applyBatchNorm", "repeatRunningUpdate", "getTensor", "withPrefix", "withoutPrefix"],
];

Deno.test("every operation of everyday use stands in that table", async () => {
  const table = await Deno.readTextFile(new URL("coming_from.md", GUIDE));
  const files = ["packages/tensor/mod.ts", "packages/autograd/mod.ts"];
  const functions = (await readDocumentation(files)).flatMap(({ declarations }) => declarations)
    .filter(({ kind, category }) => kind === "function" && OPERATIONS.includes(category)).map(({ name }) =>
      name
    );
  assert(functions.length > 150, `${functions.length}`);
  assertEquals(NOT_EVERYDAY.filter((name) => !functions.includes(name)), []);
  assertEquals(functions.filter((name) => !table.includes(`${name}(`) && !NOT_EVERYDAY.includes(name)), []);
});

Deno.test("the index of the guide lists every chapter, and links lead somewhere", async () => {
  const index = await Deno.readTextFile(new URL("README.md", GUIDE));
  for (const chapter of await chapters()) assert(index.includes(`](${chapter})`), `${chapter} is not listed`);
  for (const chapter of ["README.md", ...await chapters()]) {
    const text = await Deno.readTextFile(new URL(chapter, GUIDE));
    for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      await Deno.stat(new URL(target!, new URL(chapter, GUIDE))).catch(() =>
        assert(false, `${chapter}: ${target}`)
      );
    }
  }
});
