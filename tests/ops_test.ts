/**
 * Tests every operation: its value against a formula, its first and second derivatives against finite differences in double
 * precision, and both on every device against the reference interpreter.
 */
import { checkGradients, gradients, testDirection } from "@gasp/autograd";
import { vjpRules } from "@gasp/autograd/rules";
import { add, type Device, evaluate, mul, reference, square, sum, type Tensor } from "@gasp/tensor";
import * as tensorPackage from "@gasp/tensor";
import { topologicalOrder } from "@gasp/tensor/compiler";
import { assertEquals } from "@std/assert";
import { deviceTest } from "./devices.ts";
import { expectedValues, type OpCase, toTensor } from "./op_case.ts";
import { opCases } from "./op_cases.ts";

const casesByOp = Map.groupBy(opCases(), ({ op }) => op);

/** Asserts that two arrays agree within a tolerance relative to the larger of 1 and the expected value. */
function assertNear(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  name: string,
): void {
  assertEquals(actual.length, expected.length, `${name}: number of elements`);
  for (let i = 0; i < expected.length; i++) {
    const [found, value] = [actual[i]!, expected[i]!];
    // Infinities and NaN, as of an empty maximum or mean, must be identical.
    const near = Number.isFinite(value) &&
      Math.abs(found - value) <= tolerance * Math.max(1, Math.abs(value));
    if (!near && !Object.is(found, value)) {
      throw new Error(`${name}: element ${i} is ${found}, expected ${value}`);
    }
  }
}

/** Returns the inputs by which a case is differentiated. */
function smoothInputs({ differentiable }: OpCase, inputs: readonly Tensor[]): Tensor[] {
  return inputs.filter((_, i) => differentiable[i]);
}

function dot(tensors: readonly Tensor[], offset: number): Tensor[] {
  return tensors.map((x, i) => sum(mul(x, testDirection(x.shape, offset + i / 8))));
}

/** Computes `y + y²`, so that linear operations have second derivatives too. */
function curved(y: Tensor): Tensor {
  return add(y, square(y));
}

/** Returns the result of a case, its gradient along a direction, and the gradient of that along another. */
function derivativesOf(opCase: OpCase): Tensor[] {
  const inputs = opCase.inputs.map(toTensor);
  const wrt = smoothInputs(opCase, inputs);
  const value = opCase.fn(...inputs);
  if (wrt.length === 0) return [value];
  const first = gradients(dot([curved(value)], 0.25), wrt);
  const second = gradients(dot(first, 0.75), wrt);
  return [value, ...first, ...second];
}

/** Returns the names of the operations: the functions of `packages/tensor/ops` that the package exports. */
async function operationNames(): Promise<string[]> {
  const folder = new URL("../packages/tensor/ops/", import.meta.url);
  const files = [...Deno.readDirSync(folder)].flatMap(({ name: inner }) =>
    [...Deno.readDirSync(new URL(inner, folder))].map(({ name }) => `${inner}/${name}`)
  ).filter((name) => !/_(?:test|bench)\.ts$/.test(name));
  const modules = await Promise.all(files.map((name) => import(new URL(name, folder).href)));
  const exported = tensorPackage as Record<string, unknown>;
  return modules.flatMap((module: Record<string, unknown>) =>
    Object.keys(module).filter((name) =>
      typeof module[name] === "function" && exported[name] === module[name]
    )
  );
}

Deno.test("opCases() calls every operation and every primitive", async () => {
  const helpers = ["indexTable", "tableRows", "normal", "randomKey"];
  /** What ranks exchange: the identity in a program of one rank, so that `ranks_test.ts` tests them on several. */
  const exchanges = ["allReduce", "allMean", "allGather", "ownRows", "rankCount"];
  const operations = await operationNames();
  assertEquals(operations.includes("concatenate") && operations.includes("knn"), true, "modules were found");
  const uncalled = operations.filter((name) =>
    !casesByOp.has(name) && ![...helpers, ...exchanges].includes(name)
  );
  assertEquals(uncalled, [], "operations without a case");
  const graphs = [...casesByOp.values()].flat().map((opCase) => opCase.fn(...opCase.inputs.map(toTensor)));
  const reached = new Set(topologicalOrder(graphs).map(({ node }) => node.op));
  const unreached = Object.keys(vjpRules).filter((name) =>
    !(reached as Set<string>).has(name) && ![...exchanges, "input"].includes(name)
  );
  assertEquals(unreached, [], "primitives without a case");
});

for (const [op, cases] of casesByOp) {
  Deno.test(`${op}() on reference matches its formula`, async () => {
    for (const opCase of cases) {
      const value = await evaluate(opCase.fn(...opCase.inputs.map(toTensor)), reference);
      assertNear(await value.data(), expectedValues(opCase, value.shape), 1e-12, opCase.name);
    }
  });

  const smooth = cases.filter(({ differentiable }) => differentiable.includes(true));
  if (smooth.length > 0) {
    Deno.test(`${op}() has first and second derivatives that match finite differences`, async () => {
      for (const opCase of smooth) await checkCase(opCase);
    });
  }
}

async function checkCase(opCase: OpCase): Promise<void> {
  const inputs = opCase.inputs.map(toTensor);
  const fn = (...perturbed: Tensor[]) => {
    const next = [...perturbed];
    return curved(opCase.fn(...inputs.map((input, i) => (opCase.differentiable[i] ? next.shift()! : input))));
  };
  try {
    await checkGradients(fn, smoothInputs(opCase, inputs), { order: 2 });
  } catch (cause) {
    throw new Error(`${opCase.name}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

await deviceTest("operations and their derivatives match the reference", async (device, context) => {
  for (const [op, cases] of casesByOp) {
    await context.step(op, () => compareWithReference(cases, device));
  }
}, ["wasm", "webgpu"]);

async function compareWithReference(cases: readonly OpCase[], device: Device): Promise<void> {
  for (const opCase of cases) {
    const graph = derivativesOf(opCase);
    const expected = await evaluate(graph, reference);
    const actual = await evaluate(graph, device);
    const values = await Promise.all(actual.map((result) => result.data()));
    actual.forEach((result) => result.dispose());
    for (const [i, result] of actual.entries()) {
      const tolerance = result.dtype === "f32" ? 2e-5 : 0;
      assertNear(values[i]!, await expected[i]!.data(), tolerance, `${opCase.name}, result ${i}`);
    }
  }
}
