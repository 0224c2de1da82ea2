/**
 * `memoryBytes` recomputes values and changes no bit of any result, on any device: kernels, and what a device joins to
 * one kernel with other rounding, are chosen before the limit is applied.
 * @module
 */
import { gradients } from "@gasp/autograd";
import * as t from "@gasp/tensor";
import { assert, assertEquals } from "@std/assert";
import { deviceTest } from "./devices.ts";

function noise(shape: readonly number[], seed: number): t.Tensor {
  const size = t.sizeOf(shape);
  return t.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898 + seed) * 43758.5453 % 1),
    shape,
  );
}

/** A function with its arguments. */
interface Subject {
  readonly fn: (...args: t.Tensor[]) => t.Tensor[];
  readonly shapes: readonly (readonly number[])[];
  /** Whether every device can save memory. */
  readonly saves: boolean;
}

/** Layers over `rows` rows, their loss, and its gradients: on the way back all layers are needed again. */
function network(rows: number, layers: number, activation: (x: t.Tensor) => t.Tensor): Subject {
  const shapes = [[rows, 24], ...Array.from({ length: layers }, () => [24, 24])];
  return {
    saves: true,
    shapes,
    fn: (x, ...weights) => {
      const y = weights.reduce((x, w) => activation(t.matmul(x, w!)), x!);
      return [y, ...gradients([t.mean(t.square(y))], [x!, ...weights])];
    },
  };
}

const subjects: Readonly<Record<string, Subject>> = {
  "Fourier features and two losses": {
    saves: true,
    shapes: [[257, 3], [66, 32]],
    fn: (x, w) => {
      const h = t.matmul(x!, t.mul(noise([3, 33], 2), 0.6));
      const y = t.tanh(t.matmul(t.concatenate([t.sin(h), t.cos(h)], 1), t.mul(w!, 0.1)));
      const rows = t.sin(t.sum(t.square(y), { axes: 1 }));
      const [dx, dw] = gradients([t.add(t.mean(t.sin(y)), t.mean(rows))], [x!, w!]);
      return [rows, t.sub(x!, dx!), t.sub(w!, dw!)];
    },
  },
  "a network of few rows": network(33, 6, t.tanh),
  "a network of many rows": network(520, 6, t.sin),
  "a network of sigmoids": network(300, 4, (x) => t.mul(t.sigmoid(x), x)),
  "normalised layers": network(300, 4, (x) => {
    const centred = t.sub(x, t.mean(x, { axes: 0, keepDims: true }));
    return t.div(centred, t.sqrt(t.add(t.mean(t.square(centred), { axes: 0, keepDims: true }), 1e-3)));
  }),
  "convolutions": {
    saves: true,
    shapes: [[2, 3, 12, 12], [8, 3, 3, 3], [8, 8, 3, 3], [8, 8, 3, 3]],
    fn: (x, ...weights) => {
      const y = weights.reduce((x, w) => t.tanh(t.conv(x, w!, { padding: 1 })), x!);
      return [y, ...gradients([t.mean(t.square(y))], [x!, ...weights])];
    },
  },
  "the gradient of a gradient": {
    saves: true,
    shapes: [[300, 16], [16, 32], [32, 32], [32, 1]],
    fn: (x, ...weights) => {
      const y = weights.reduce((x, w) => t.softplus(t.matmul(x, w!)), x!);
      const [slope] = gradients([t.sum(y)], [x!]);
      const penalty = t.mean(t.sum(t.square(slope!), { axes: 1 }));
      return [penalty, ...gradients([t.add(t.mean(y), penalty)], weights)];
    },
  },
};

for (const [name, { fn, shapes, saves }] of Object.entries(subjects)) {
  await deviceTest(`a memory limit changes no bit of ${name}`, async (device) => {
    const args = () => shapes.map((shape, i) => t.mul(noise(shape, i), 0.4));
    const run = async (memoryBytes?: number) => {
      using compiled = t.compile(fn, { device, ...(memoryBytes !== undefined && { memoryBytes }) });
      const plan = await compiled.plan(...args()), results = await compiled(...args());
      const bits = await Promise.all(
        results.map(async (x) => new Uint32Array((await x.data()).slice().buffer)),
      );
      for (const x of results) x.dispose();
      return { plan, bits };
    };
    const free = await run(), { externalBytes, temporaryBytes } = free.plan;
    let least = temporaryBytes;
    for (const share of [0.9, 0.75, 0.6, 0]) {
      const { plan, bits } = await run(externalBytes + share * temporaryBytes);
      least = Math.min(least, plan.temporaryBytes);
      assertEquals(
        bits.map((now, i) => now.filter((x, j) => x !== free.bits[i]![j]).length),
        bits.map(() => 0),
      );
    }
    if (saves) assert(least < temporaryBytes, `${temporaryBytes} bytes of temporaries were not reduced`);
  }, ["wasm", "webgpu"]);
}
