/**
 * Reverse-mode differentiation: from the graph of outputs to the graph of their gradients. The result is an ordinary
 * graph, so it can be differentiated again.
 * @module
 */
import { add, ones, showShape, type Tensor, zeros } from "@gasp/tensor";
import { currentScope, runInScope, topologicalOrder } from "@gasp/tensor/compiler";
import type { Adjoint } from "./rules/rule.ts";
import { adjointOf } from "./rules/table.ts";

/** Returns the adjoint with respect to one input of a tensor, or `null` if no gradient flows to it. */
function adjointAt(tensor: Tensor, position: number): Adjoint<typeof tensor.node.op> | null {
  const { node } = tensor;
  if (node.op === "identity" && node.params.detached) return null;
  return adjointOf(node.op, position);
}

/** Returns the tensors on paths along which gradients flow from an output to one of `wrt`, including `wrt`. */
function tensorsOnPaths(order: readonly Tensor[], wrt: readonly Tensor[]): Set<Tensor> {
  const onPath = new Set<Tensor>(wrt);
  for (const tensor of order) {
    if (tensor.dtype !== "f32") continue;
    const { inputs } = tensor.node;
    if (inputs.some((input, i) => onPath.has(input) && adjointAt(tensor, i) !== null)) onPath.add(tensor);
  }
  return onPath;
}

/** Accumulated cotangents by tensor. */
class Cotangents {
  readonly #sums = new Map<Tensor, Tensor>();

  get(tensor: Tensor): Tensor | undefined {
    return this.#sums.get(tensor);
  }

  accumulate(tensor: Tensor, cotangent: Tensor): void {
    if (showShape(cotangent.shape) !== showShape(tensor.shape) || cotangent.dtype !== "f32") {
      throw new RangeError(
        `a tensor of shape ${showShape(tensor.shape)} needs a cotangent of that shape in f32, ` +
          `got ${cotangent.dtype} of ${showShape(cotangent.shape)}`,
      );
    }
    const before = this.#sums.get(tensor);
    this.#sums.set(tensor, before ? add(before, cotangent) : cotangent);
  }
}

/**
 * Computes the gradients of `Σ_i Σ outputs[i] · cotangents[i]` with respect to tensors of the graph.
 *
 * Only paths from `wrt` to the outputs are visited. If a tensor of `wrt` depends on another one, the gradient of the
 * latter includes the part through the former.
 *
 * @param outputs f32 tensors.
 * @param wrt f32 tensors; the gradient is zero for those that the outputs do not depend on.
 * @param cotangents One per output, of its shape. Default: ones.
 * @returns One tensor per entry of `wrt`, of its shape.
 * @throws {TypeError} If an output or a tensor of `wrt` is not f32.
 * @throws {RangeError} If the cotangents do not match the outputs.
 *
 * @example
 * ```ts
 * import { gradients } from "@gasp/autograd";
 * import { evaluate, mul, sum, tensor } from "@gasp/tensor";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 2]), y = tensor([3, 4]);
 * const [dx, dy] = await evaluate(gradients([sum(mul(x, y))], [x, y]));
 * assertEquals([[...await dx!.data()], [...await dy!.data()]], [[3, 4], [1, 2]]);
 * ```
 *
 * @category Gradients
 */
export function gradients(
  outputs: readonly Tensor[],
  wrt: readonly Tensor[],
  cotangents: readonly Tensor[] = outputs.map((output) => ones(output.shape)),
): Tensor[] {
  checkFloat("outputs", outputs);
  checkFloat("wrt", wrt);
  if (cotangents.length !== outputs.length) {
    throw new RangeError(
      `gradients of ${outputs.length} outputs need as many cotangents, got ${cotangents.length}`,
    );
  }
  const order = topologicalOrder(outputs);
  const onPath = tensorsOnPaths(order, wrt);
  const sums = new Cotangents();
  outputs.forEach((output, i) => sums.accumulate(output, cotangents[i]!));
  for (const tensor of order.reverse()) {
    const g = sums.get(tensor);
    if (!g || !onPath.has(tensor)) continue;
    runInScope(gradientScope(tensor), () => propagate(tensor, g, onPath, sums));
  }
  return wrt.map((tensor) => sums.get(tensor) ?? zeros(tensor.shape));
}

/** Gradients are attributed to the scope of the differentiated tensor: `∇ network/layer`, `∇∇ network/layer`. */
function gradientScope({ scope }: Tensor): string {
  if (scope === "") return currentScope();
  return scope.startsWith("∇") ? `∇${scope}` : `∇ ${scope}`;
}

/** Adds the contributions of a tensor's cotangent to those of its inputs on a path. */
function propagate(tensor: Tensor, g: Tensor, onPath: ReadonlySet<Tensor>, sums: Cotangents): void {
  const { params, inputs } = tensor.node;
  inputs.forEach((input, i) => {
    const adjoint = onPath.has(input) ? adjointAt(tensor, i) : null;
    if (adjoint) sums.accumulate(input, adjoint(g, { y: tensor, params }, ...inputs));
  });
}

function checkFloat(name: string, tensors: readonly Tensor[]): void {
  tensors.forEach((tensor, i) => {
    if (tensor.dtype !== "f32") {
      throw new TypeError(
        `gradients need f32, but ${name}[${i}] is ${tensor.dtype} of shape ${showShape(tensor.shape)}: ` +
          "close over integers and booleans instead of differentiating with respect to them",
      );
    }
  });
}
