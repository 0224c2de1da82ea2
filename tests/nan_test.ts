/**
 * The table of `docs/numerics.md`: what each device does with NaN and infinities. Every row is evaluated on every device,
 * and every case here has a row.
 * @module
 */
import * as t from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import { deviceTest } from "./devices.ts";

const inf = Infinity;
const v = (...values: number[]) => t.tensor(values);
const x = v(NaN, inf, -inf);
const bool = (x: t.Tensor) => t.cast(x, "i32");
const row = (...values: number[]) => t.tensor([values]);

/** Calls as the table shows them. */
const CASES: Readonly<Record<string, () => t.Tensor>> = {
  "max([1, NaN, 3])": () => t.max(v(1, NaN, 3)),
  "min([1, NaN, 3])": () => t.min(v(1, NaN, 3)),
  "sum([1, NaN, 3])": () => t.sum(v(1, NaN, 3)),
  "prod([0, NaN, 3])": () => t.prod(v(0, NaN, 3)),
  "cumsum([1, NaN, 1])": () => t.cumsum(v(1, NaN, 1)),
  "maximum([NaN, 1], [1, NaN])": () => t.maximum(v(NaN, 1), v(1, NaN)),
  "minimum([NaN, 1], [1, NaN])": () => t.minimum(v(NaN, 1), v(1, NaN)),
  "clamp([NaN, ∞, -∞], -1, 1)": () => t.clamp(x, -1, 1),
  "relu([NaN, ∞, -∞])": () => t.relu(x),
  "relu6([NaN, ∞, -∞])": () => t.relu6(x),
  "hardSigmoid([NaN, ∞, -∞])": () => t.hardSigmoid(x),
  "elu([NaN, ∞, -∞])": () => t.elu(x),
  "leakyRelu([NaN, ∞, -∞], 0.5)": () => t.leakyRelu(x, 0.5),
  "silu([NaN, ∞, -∞])": () => t.silu(x),
  "gelu([NaN, ∞, -∞])": () => t.gelu(x),
  "softplus([NaN, ∞, -∞])": () => t.softplus(x),
  "sigmoid([NaN, ∞, -∞])": () => t.sigmoid(x),
  "tanh([NaN, ∞, -∞])": () => t.tanh(x),
  "erf([NaN, ∞, -∞])": () => t.erf(x),
  "abs([NaN, ∞, -∞])": () => t.abs(x),
  "sign([NaN, ∞, -∞])": () => t.sign(x),
  "floor([NaN, ∞, -∞])": () => t.floor(x),
  "round([NaN, ∞, -∞])": () => t.round(x),
  "sqrt([NaN, ∞, -∞])": () => t.sqrt(x),
  "exp([NaN, ∞, -∞])": () => t.exp(x),
  "expm1([NaN, ∞, -∞])": () => t.expm1(x),
  "log([NaN, ∞, -∞, 0])": () => t.log(v(NaN, inf, -inf, 0)),
  "log1p([NaN, ∞, -∞, -1])": () => t.log1p(v(NaN, inf, -inf, -1)),
  "sin([NaN, ∞, -∞])": () => t.sin(x),
  "cos([NaN, ∞, -∞])": () => t.cos(x),
  "tan([NaN, ∞, -∞])": () => t.tan(x),
  "sin2pi([NaN, ∞, -∞])": () => t.sin2pi(x),
  "cos2pi([NaN, ∞, -∞])": () => t.cos2pi(x),
  "asin([NaN, ∞, 2])": () => t.asin(v(NaN, inf, 2)),
  "sinh([NaN, ∞, -∞])": () => t.sinh(x),
  "cosh([NaN, ∞, -∞])": () => t.cosh(x),
  "pow([NaN, 1, NaN], [0, NaN, 2])": () => t.pow(v(NaN, 1, NaN), v(0, NaN, 2)),
  "remainder([NaN, ∞, 1, 1], [1, 2, ∞, 0])": () => t.remainder(v(NaN, inf, 1, 1), v(1, 2, inf, 0)),
  "div([0, 1, -1, ∞], [0, 0, 0, ∞])": () => t.div(v(0, 1, -1, inf), v(0, 0, 0, inf)),
  "mul([0, NaN], [∞, 0])": () => t.mul(v(0, NaN), v(inf, 0)),
  "sub(x, x), x = [NaN, ∞]": () => {
    const y = v(NaN, inf);
    return t.sub(y, y);
  },
  "mul(x, 0), x = [NaN, ∞]": () => t.mul(v(NaN, inf), 0),
  "div(x, x), x = [NaN, ∞, 0]": () => {
    const y = v(NaN, inf, 0);
    return t.div(y, y);
  },
  "equal(x, x), x = [NaN, ∞]": () => {
    const y = v(NaN, inf);
    return bool(t.equal(y, y));
  },
  "equal([NaN, 1], [NaN, NaN])": () => bool(t.equal(v(NaN, 1), v(NaN, NaN))),
  "notEqual([NaN, 1], [NaN, NaN])": () => bool(t.notEqual(v(NaN, 1), v(NaN, NaN))),
  "less([NaN, 1], [1, NaN])": () => bool(t.less(v(NaN, 1), v(1, NaN))),
  "lessEqual([NaN, 1], [1, NaN])": () => bool(t.lessEqual(v(NaN, 1), v(1, NaN))),
  "greater([NaN, 1], [1, NaN])": () => bool(t.greater(v(NaN, 1), v(1, NaN))),
  "isNaN([NaN, ∞, 1])": () => bool(t.isNaN(v(NaN, inf, 1))),
  "isFinite([NaN, ∞, 1])": () => bool(t.isFinite(v(NaN, inf, 1))),
  "where([true, false], [NaN, NaN], [1, 1])": () => t.where(t.less(v(0, 2), 1), v(NaN, NaN), v(1, 1)),
  'cast([NaN, ∞, -∞], "i32")': () => t.cast(x, "i32"),
  'cast([NaN, ∞, -∞], "u32")': () => t.cast(x, "u32"),
  'cast([NaN, ∞, 0], "bool")': () => bool(t.cast(v(NaN, inf, 0), "bool")),
  "sort([3, NaN, -∞, ∞])": () => t.sort(v(3, NaN, -inf, inf)),
  "sort([3, NaN, -∞, ∞], descending)": () => t.sort(v(3, NaN, -inf, inf), { descending: true }),
  "argsort([3, NaN, -∞, ∞])": () => t.argsort(v(3, NaN, -inf, inf)),
  "argmax([3, NaN, ∞])": () => t.argmax(v(3, NaN, inf)),
  "argmin([3, NaN, -∞])": () => t.argmin(v(3, NaN, -inf)),
  "topK([3, NaN, ∞], 2)": () => t.topK(v(3, NaN, inf), 2).values,
  "softmax([1, NaN])": () => t.softmax(v(1, NaN)),
  "softmax([-∞, -∞])": () => t.softmax(v(-inf, -inf)),
  "logsumexp([-∞, -∞])": () => t.logsumexp(v(-inf, -inf)),
  "norm([NaN, 1])": () => t.norm(v(NaN, 1)),
  "matmul([[0, 1]], [[NaN], [1]])": () => t.matmul(row(0, 1), t.tensor([[NaN], [1]])),
  "maxPool([[1, NaN], [3, 4]])": () => t.maxPool(t.tensor([[[[1, NaN], [3, 4]]]]), { size: 2 }),
};

const COLUMNS = ["reference", "wasm", "webgpu"] as const;

/** The rows of the table: a call, then a cell per device. */
async function tableRows(): Promise<string[][]> {
  const text = await Deno.readTextFile(new URL("../docs/numerics.md", import.meta.url));
  const section = text.split(/^## /m).find((part) => part.startsWith("NaN and infinities"))!;
  const lines = section.split("\n").filter((line) => line.startsWith("| `"));
  return lines.map((line) =>
    line.split("|").slice(1, -1).map((cell) => cell.trim().replace(/^`(.*)`$/, "$1"))
  );
}

const rows = await tableRows();

Deno.test("docs/numerics.md has one row per case", () => {
  assertEquals(rows.map(([call]) => call), Object.keys(CASES));
});

function show(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const rounded = Math.fround(value);
  return Math.abs(rounded) === inf ? (rounded > 0 ? "∞" : "-∞") : String(Number(rounded.toPrecision(5)));
}

/** Whether a value is one of those that a cell admits: `NaN or 3`; `any` admits all. */
const admits = (wanted: string, value: number) =>
  wanted === "any" || wanted.split(" or ").some((one) => one === show(value));

await deviceTest("NaN and infinities do what docs/numerics.md says", async (device) => {
  const column = 1 + COLUMNS.indexOf(device.info.kind);
  const problems: string[] = [];
  for (const [call, ...cells] of rows) {
    using result = await t.evaluate(CASES[call!]!(), device);
    const values = Array.from(await result.data()), wanted = cells[column - 1]!.split(", ");
    const fits = wanted.length === values.length && values.every((value, i) => admits(wanted[i]!, value));
    if (!fits) problems.push(`${call}: ${values.map(show).join(", ")}, not ${wanted.join(", ")}`);
  }
  assertEquals(problems, []);
});

Deno.test("every case is compared on reference and wasm, and unspecified on webgpu only", () => {
  for (const [call, reference, wasm, webgpu] of rows) {
    assert(!/any| or /.test(`${reference}${wasm}`), call);
    assert(webgpu!.length > 0, call);
  }
});
