import { assertEquals, assertThrows } from "@std/assert";
import { reshape, type Tensor, tensor, transpose } from "@gasp/tensor";
import { checkGradients, testDirection } from "../check.ts";
import { assertNear, numbers } from "../testing.ts";
import { groupNorm, initNorm, layerNorm, rmsNorm } from "./layer_norm.ts";

const EPS = 1e-3;
const x = testDirection([2, 4, 3], 0.1);
const channels = (size: number, offset: number) => testDirection([size], offset);

function standardised(values: readonly number[]): number[] {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  return values.map((v) => (v - mean) / Math.sqrt(variance + EPS));
}

const chunks = (values: readonly number[], size: number) =>
  Array.from({ length: values.length / size }, (_, i) => values.slice(i * size, (i + 1) * size));

Deno.test("layerNorm() standardises each row", async () => {
  const weight = channels(3, 0.3), bias = channels(3, 0.7);
  const [values, w, b] = [await numbers(x), await numbers(weight), await numbers(bias)];
  const expected = chunks(values, 3).flatMap((row) => standardised(row).map((v, c) => v * w[c]! + b[c]!));
  assertNear(await numbers(layerNorm(x, { weight, bias }, { eps: EPS })), expected);
  assertNear(await numbers(layerNorm(x, initNorm(3), { eps: EPS })), chunks(values, 3).flatMap(standardised));
});

Deno.test("rmsNorm() divides each row by its root mean square", async () => {
  const weight = channels(3, 0.3), w = await numbers(weight);
  const expected = chunks(await numbers(x), 3).flatMap((row) => {
    const scale = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0) / 3 + EPS);
    return row.map((v, c) => v / scale * w[c]!);
  });
  assertNear(await numbers(rmsNorm(x, { weight }, { eps: EPS })), expected);
});

Deno.test("groupNorm() standardises groups of channels over all positions", async () => {
  const weight = channels(4, 0.3), bias = channels(4, 0.7);
  const [values, w, b] = [await numbers(x), await numbers(weight), await numbers(bias)];
  const expected = chunks(values, 6).flatMap(standardised).map((v, i) => {
    const c = Math.floor(i / 3) % 4;
    return v * w[c]! + b[c]!;
  });
  assertNear(await numbers(groupNorm(x, { weight, bias }, { groups: 2, eps: EPS })), expected);
  // One group is layer norm over channels and positions, one group per channel standardises over positions
  const all = reshape(layerNorm(reshape(x, [2, 12]), initNorm(12), { eps: EPS }), x.shape);
  assertNear(await numbers(groupNorm(x, initNorm(4), { groups: 1, eps: EPS })), await numbers(all));
  const flat = reshape(transpose(x, [0, 2, 1]), [6, 4]);
  assertNear(await numbers(groupNorm(flat, initNorm(4), { groups: 4, eps: EPS })), new Array(24).fill(0));
});

Deno.test("normalisation has correct derivatives", async () => {
  const weight = channels(3, 0.3), bias = channels(3, 0.7), four = channels(4, 0.2);
  const norms: Record<string, (x: Tensor, weight: Tensor, bias: Tensor, four: Tensor) => Tensor> = {
    layer: (x, weight, bias) => layerNorm(x, { weight, bias }, { eps: EPS }),
    rms: (x, weight) => rmsNorm(x, { weight }, { eps: EPS }),
    group: (x, _weight, _bias, four) => groupNorm(x, { weight: four, bias: four }, { groups: 2, eps: EPS }),
  };
  for (const [name, norm] of Object.entries(norms)) {
    const { compared } = await checkGradients(norm, [x, weight, bias, four], { order: 2, tolerance: 1e-5 });
    assertEquals(compared, 2 * (24 + 3 + 3 + 4), name);
  }
});

Deno.test("normalisation rejects mismatched shapes", () => {
  assertThrows(() => layerNorm(x, initNorm(4)), RangeError, "of shape [3], got [4]");
  assertThrows(() => rmsNorm(x, { weight: tensor([[1, 2, 3]]) }), RangeError, "of shape [3], got [1, 3]");
  assertThrows(() => groupNorm(x, initNorm(4), { groups: 3 }), RangeError, "divide the 4 channels, got 3");
  assertThrows(() => groupNorm(tensor([1]), initNorm(1), { groups: 1 }), RangeError, "got [1]");
});
