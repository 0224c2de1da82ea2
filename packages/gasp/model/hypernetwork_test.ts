import { assertEquals, assertThrows } from "@std/assert";
import { fromHost, type HostRecord } from "../state/host_record.ts";
import { functionParameters, hypernetwork, hypernetworkShapes } from "./hypernetwork.ts";
import { joinHypernetwork, splitHypernetwork } from "./hypernetwork_record.ts";
import { assertClose, numbers, randomTensor, SMALL_MODEL } from "../methods/gasp/gasp_testing.ts";

/** Tensors with the names of the reference code and consecutive elements. */
function counting(shapes: Record<string, readonly number[]>): HostRecord {
  let next = 0;
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return [name, { shape, data: Float32Array.from({ length: size }, () => next++ / 1000) }] as const;
  });
  return Object.fromEntries(entries);
}

/** 8 → 5 → 6 → 1: 40 + 30 + 6 weights and 5 + 6 + 1 biases. */
const stored = counting({
  "0.weight": [6, 4],
  "0.bias": [6],
  "2.weight": [7, 6],
  "2.bias": [7],
  "4.weight": [88, 7],
  "4.bias": [88],
});

Deno.test("functionParameters() lists all weights, then all biases", () => {
  const listed = functionParameters(SMALL_MODEL).map(({ name, shape }) => `${name} ${shape.join("x")}`);
  assertEquals(listed, ["weight0 5x8", "weight1 6x5", "weight2 1x6", "bias0 5", "bias1 6", "bias2 1"]);
});

Deno.test("joinHypernetwork() undoes splitHypernetwork()", () => {
  const parts = splitHypernetwork(stored, SMALL_MODEL);
  const shapes = Object.fromEntries(Object.entries(parts).map(([name, { shape }]) => [name, shape]));
  assertEquals(shapes, Object.fromEntries(hypernetworkShapes(SMALL_MODEL)));
  assertEquals(joinHypernetwork(parts, SMALL_MODEL), stored);
});

Deno.test("hypernetwork() returns the rows of the joined last layer in the order of the reference code", async () => {
  const latents = randomTensor("z", [2, 4]);
  const layers = hypernetwork(fromHost(splitHypernetwork(stored, SMALL_MODEL)), SMALL_MODEL, latents);
  assertEquals(layers.map((layer) => layer.weight.shape), [[2, 5, 8], [2, 6, 5], [2, 1, 6]]);
  assertEquals(layers.map((layer) => layer.bias.shape), [[2, 5], [2, 6], [2, 1]]);

  const affine = (x: number[], name: string) => {
    const { data, shape: [out] } = stored[`${name}.weight`]!, bias = stored[`${name}.bias`]!.data;
    return Array.from(
      { length: out! },
      (_, i) => x.reduce((sum, value, k) => sum + value * data[i * x.length + k]!, bias[i]!),
    );
  };
  const leaky = (y: number) => (y > 0 ? y : 0.1 * y);
  const z = await numbers(latents);
  for (let example = 0; example < 2; example++) {
    const hidden = affine(affine(z.slice(4 * example, 4 * example + 4), "0").map(leaky), "2").map(leaky);
    const parts = [...layers.map((layer) => layer.weight), ...layers.map((layer) => layer.bias)];
    const written = await Promise.all(parts.map(async (part) => {
      const size = part.size / 2;
      return (await numbers(part)).slice(example * size, (example + 1) * size);
    }));
    assertClose(written.flat(), affine(hidden, "4"));
  }
});

Deno.test("splitHypernetwork() and joinHypernetwork() name a tensor that is missing or does not fit", () => {
  const { "2.bias": _, ...incomplete } = stored;
  assertThrows(
    () => splitHypernetwork(incomplete, SMALL_MODEL),
    RangeError,
    "tensor '2.bias' of shape [7] is missing",
  );
  const wider = { ...SMALL_MODEL, featureDim: 3 };
  assertThrows(
    () => splitHypernetwork(stored, wider),
    RangeError,
    "'4.weight' has shape [88, 7], but this model needs",
  );
  assertThrows(
    () => joinHypernetwork(stored, SMALL_MODEL),
    RangeError,
    "'4.weight0.weight' of shape [40, 7] is missing",
  );
  assertThrows(() => splitHypernetwork({}, SMALL_MODEL), RangeError, "'0.weight'");
});
