import { assert, assertEquals } from "@std/assert";
import * as t from "../mod.ts";
import { OracleDevice } from "./oracle_device.ts";

/** A small seeded generator of integers. */
function generator(seed: number): (bound: number) => number {
  let state = seed * 2654435761 >>> 0;
  return (bound) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return (state >>> 8) % bound;
  };
}

function leaf(shape: readonly number[], next: (bound: number) => number): t.Tensor {
  const data = Float32Array.from({ length: t.sizeOf(shape) }, () => next(2001) / 1000 - 1);
  return t.tensor(data, shape);
}

/** Merges or splits axes at random, preserving the number of elements. */
function otherShape(x: t.Tensor, next: (bound: number) => number): number[] {
  const factors = x.shape.flatMap((size) => size % 2 === 0 && size > 2 && next(2) ? [2, size / 2] : [size]);
  const at = next(Math.max(factors.length - 1, 1));
  if (factors.length > 1 && next(2)) factors.splice(at, 2, factors[at]! * factors[at + 1]!);
  return factors;
}

/** A random graph of about `length` operations over small tensors, with several outputs. */
function randomGraph(seed: number, length: number): t.Tensor[] {
  const next = generator(seed);
  const pool = [leaf([4, 6], next), leaf([6], next), leaf([2, 3, 4], next)];
  const pick = () => pool[pool.length - 1 - next(Math.min(pool.length, 5))]!;
  for (let i = 0; i < length; i++) {
    const x = pick();
    const axis = x.rank > 0 ? next(x.rank) : 0;
    const size = x.shape[axis] ?? 1;
    const steps: (() => t.Tensor)[] = [
      () => t.add(x, leaf(x.shape, next)),
      () => t.mul(x, leaf(x.shape.slice(-1), next)),
      () => t.tanh(x),
      () => t.leakyRelu(x, 0.2),
      () => t.where(t.greater(x, 0.10037), t.sin(x), t.mul(x, x)),
      () => t.reshape(x, otherShape(x, next)),
      () => t.transpose(x, x.shape.map((_, j) => (j + 1) % x.rank)),
      () => x.rank > 0 ? t.tanh(t.sum(x, { axes: axis, keepDims: next(2) === 1 })) : x,
      () => x.rank > 1 ? t.sub(x, t.mean(x, { axes: [0], keepDims: true })) : x,
      () =>
        x.rank > 0
          ? t.tanh(t.matmul(leaf([3, x.shape.at(-2) ?? 1], next), x.rank > 1 ? x : t.reshape(x, [1, -1])))
          : x,
      () => {
        const starts = x.shape.map((_, j) => (j === axis && size > 2 ? 1 : 0));
        return t.slice(x, starts, x.shape, x.shape.map((_, j) => (j === axis ? 1 + next(2) : 1)));
      },
      () => t.pad(x, x.shape.map((_, j) => (j === axis ? 1 : 0)), x.shape.map(() => 0)),
      () => {
        if (x.rank === 0 || size === 0) return x;
        const index = Array.from({ length: 4 }, () => next(size));
        return t.gather(x, t.indexTable(index, [4], size), axis);
      },
      () => x.rank > 0 && size > 0 ? t.max(x, { axes: axis }) : x,
      () => {
        const y = pick();
        return x.size === y.size ? t.add(x, t.reshape(y, x.shape)) : t.exp(t.neg(t.square(x)));
      },
    ];
    const made = steps[next(steps.length)]!();
    if (made.size <= 600 && made.rank <= 5) pool.push(made);
  }
  return pool.slice(-3);
}

Deno.test("compile() agrees with the interpreter on 300 random graphs", async () => {
  for (let seed = 1; seed <= 300; seed++) {
    const device = new OracleDevice();
    const outputs = randomGraph(seed, 5 + seed % 30);
    const expected = await t.evaluate(outputs, t.reference);
    const actual = await t.evaluate(outputs, device);
    for (const [i, got] of actual.entries()) {
      const wanted = await expected[i]!.data();
      (await got.data()).forEach((value, j) => {
        const close = Math.abs(value - wanted[j]!) <= 1e-3 * (1 + Math.abs(wanted[j]!));
        assert(close, `seed ${seed}, output ${i}[${j}]: ${value} instead of ${wanted[j]}`);
      });
      got.dispose();
    }
    assertEquals(device.liveBuffers, 0);
  }
});
