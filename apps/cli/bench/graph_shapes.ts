/**
 * Graphs of any size, one of each kind that a compiler could be slow at: long, wide, with one tensor used everywhere.
 * @module
 */
import { adam, type OptimizerState, valueAndGrad } from "@gasp/autograd";
import {
  add,
  concatenate,
  matmul,
  mean,
  mul,
  reshape,
  slice,
  square,
  sub,
  sum,
  tanh,
  type Tensor,
  tensor,
  transpose,
} from "@gasp/tensor";
import { topologicalOrder } from "@gasp/tensor/compiler";

/** A family of graphs. */
export interface GraphShape {
  /** What the graphs look like. */
  readonly name: string;
  /** Builds a graph that repeats its pattern. */
  readonly build: (repeats: number) => readonly Tensor[];
}

/** Numbers around 1, the same for the same arguments. */
function numbers(count: number, from: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => 1 + 0.1 * Math.sin(from + i));
}

function matrix(from: number): Tensor {
  return tensor(numbers(64, from).map((x, i) => (i % 9 === 0 ? 0.9 : 0.05) * x), [8, 8]);
}

/** Repeats a step that takes and returns a tensor. */
function repeat(start: Tensor, repeats: number, step: (x: Tensor, i: number) => Tensor): Tensor {
  let x = start;
  for (let i = 0; i < repeats; i++) x = step(x, i);
  return x;
}

/** Adds in pairs. */
function addTree(terms: readonly Tensor[]): Tensor {
  let level = terms;
  while (level.length > 1) {
    level = Array.from(
      { length: Math.ceil(level.length / 2) },
      (_, i) => 2 * i + 1 < level.length ? add(level[2 * i]!, level[2 * i + 1]!) : level[2 * i]!,
    );
  }
  return level[0]!;
}

/** A network of many small layers, one step of Adam. */
function trainedNetwork(layers: number): readonly Tensor[] {
  const params = Array.from(
    { length: layers },
    (_, i) => ({ weight: matrix(i), bias: tensor(numbers(8, i)) }),
  );
  const optimizer = adam({ learningRate: 1e-3 }),
    state: OptimizerState<typeof params> = optimizer.init(params);
  const input = matrix(0.5);
  const { value, gradient } = valueAndGrad((network: typeof params) =>
    mean(square(network.reduce((x, { weight, bias }) => tanh(add(matmul(x, weight), bias)), input)))
  )(params);
  const next = optimizer.update(params, gradient, state);
  return [value, ...next.params.flatMap(({ weight, bias }) => [weight, bias])];
}

/** The graphs that `bench compile` times. */
export const GRAPH_SHAPES: readonly GraphShape[] = [
  {
    name: "element-wise chain",
    build: (repeats) => {
      const scale = tensor(numbers(8, 0).map((x) => x / 2)), shift = tensor(numbers(8, 1));
      return [repeat(tensor(numbers(8, 2)), repeats, (x, i) => i % 2 ? mul(x, scale) : add(x, shift))];
    },
  },
  {
    name: "chained reductions",
    build: (repeats) => [
      repeat(
        tensor(numbers(8, 0)),
        repeats,
        (x) => add(mul(x, 0.5), mul(sum(x, { keepDims: true }), 1 / 16)),
      ),
    ],
  },
  {
    name: "one weight, gradients",
    build: (repeats) => {
      const { value, gradient } = valueAndGrad((weight: Tensor) =>
        sum(repeat(matrix(0.5), repeats, (x) => tanh(matmul(x, weight))))
      )(matrix(0));
      return [value, gradient];
    },
  },
  {
    name: "sum of many terms",
    build: (repeats) => [
      repeat(tensor(numbers(8, 0)), repeats, (x, i) => add(x, tensor(numbers(8, i)))),
    ],
  },
  {
    name: "tree of sums",
    build: (repeats) => [addTree(Array.from({ length: repeats }, (_, i) => tensor(numbers(8, i))))],
  },
  { name: "layers, gradients, Adam", build: trainedNetwork },
  {
    name: "slices and concatenates",
    build: (repeats) => [
      repeat(tensor(numbers(64, 0), [8, 8]), repeats, (x, i) => {
        const rows = concatenate([slice(x, [4, 0], [8, 8]), slice(x, [0, 0], [4, 8])], 0);
        return i % 2 ? transpose(rows) : reshape(transpose(reshape(rows, [4, 16])), [8, 8]);
      }),
    ],
  },
  {
    name: "one wide concatenate",
    build: (repeats) => {
      const x = tensor(numbers(64, 0));
      const parts = Array.from({ length: repeats }, (_, i) => slice(x, [i % 60], [i % 60 + 4]));
      return [concatenate(parts.map((part, i) => i % 2 ? part : square(part)), 0)];
    },
  },
  {
    name: "residuals of one input",
    build: (repeats) => {
      const x = tensor(numbers(8, 0));
      return [repeat(x, repeats, (y) => sub(x, mul(sum(y, { keepDims: true }), 1 / 16)))];
    },
  },
];

/**
 * Builds a graph of about a number of nodes.
 *
 * @param shape Family of the graph.
 * @param nodes Number of tensors, those on the host included.
 * @returns The tensors to evaluate, and the number of nodes that they depend on.
 */
export function graphOf(
  { build }: GraphShape,
  nodes: number,
): { readonly outputs: readonly Tensor[]; readonly nodes: number } {
  const sizeOf = (repeats: number) => topologicalOrder(build(repeats)).length;
  const first = sizeOf(10), each = (sizeOf(20) - first) / 10;
  const outputs = build(10 + Math.ceil((nodes - first) / each));
  return { outputs, nodes: topologicalOrder(outputs).length };
}
