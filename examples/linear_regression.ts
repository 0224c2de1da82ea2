/**
 * Linear regression by gradient descent: 500 noisy measurements of a plane over three variables, and the plane that comes
 * nearest to them.
 *
 *     deno task run examples/linear_regression.ts [STEPS]
 *
 * @module
 */
import { mseLoss, sgd, valueAndGrad } from "@gasp/autograd";
import type { OptimizerState } from "@gasp/autograd";
import { add, compile, disposeTree, matmul, openDevice, randomNormal, tensor, zeros } from "@gasp/tensor";
import type { Tensor } from "@gasp/tensor";

const COUNT = 500, WEIGHTS = [2, -1, 0.5], OFFSET = 3, NOISE = 0.1;
const steps = Number(Deno.args[0] ?? 200);

const inputs = randomNormal({ seed: 0, stream: "inputs", step: 0 }, COUNT * 3);
const noise = randomNormal({ seed: 0, stream: "noise", step: 0 }, COUNT);
const outputs = noise.map((error, i) =>
  WEIGHTS.reduce((sum, weight, j) => sum + weight * inputs[3 * i + j]!, OFFSET + NOISE * error)
);
const x = tensor(inputs, [COUNT, 3]), y = tensor(outputs, [COUNT, 1]);

type Plane = { weight: Tensor; offset: Tensor };
const loss = ({ weight, offset }: Plane) => mseLoss(add(matmul(x, weight), offset), y);

await using device = await openDevice("wasm");
const optimizer = sgd({ learningRate: 0.1 });
using step = compile((plane: Plane, state: OptimizerState<Plane>) => {
  const { value, gradient } = valueAndGrad(loss)(plane);
  return { value, ...optimizer.update(plane, gradient, state) };
}, { device, donateArgnums: [0, 1] });

let plane: Plane = { weight: zeros([3, 1]), offset: zeros([]) };
let state = optimizer.init(plane);
for (let i = 1; i <= steps; i++) {
  const result = await step(plane, state);
  plane = result.params;
  state = result.state;
  if (i % 50 === 0) console.log(`step ${i}: loss ${(await result.value.item()).toFixed(4)}`);
  result.value.dispose();
}
const weights = [...await plane.weight.data()].map((weight) => weight.toFixed(2));
console.log(`weights ${weights.join(", ")}, offset ${(await plane.offset.item()).toFixed(2)}`);
disposeTree({ plane, state });
