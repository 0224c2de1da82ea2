import { assertEquals, assertThrows } from "@std/assert";
import { compile, isKernelDevice, openDevice, reference, scalar, type Tensor, tensor } from "@gasp/tensor";
import { assertNear, numbers } from "../testing.ts";
import { adam, adamW } from "./adam.ts";
import { lion } from "./lion.ts";
import type { Optimizer, OptimizerState } from "./optimizer.ts";
import { rmsprop } from "./rmsprop.ts";
import { cosineDecay } from "./schedule.ts";
import { sgd } from "./sgd.ts";

/** The updates of one number in plain arithmetic, as in PyTorch's documentation. */
type Plain = () => (p: number, g: number, t: number) => number;

const RATE = 0.01;

function plainSgd(momentum: number, nesterov: boolean, decay: number): Plain {
  return () => {
    let b = 0;
    return (p, gradient) => {
      const g = gradient + decay * p;
      b = momentum * b + g;
      return p - RATE * (nesterov ? g + momentum * b : b);
    };
  };
}

function plainAdam(beta1: number, beta2: number, eps: number, decay: number): Plain {
  return () => {
    let m = 0, v = 0;
    return (p, g, t) => {
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g ** 2;
      const mHat = m / (1 - beta1 ** t), vHat = v / (1 - beta2 ** t);
      return p - RATE * decay * p - RATE * mHat / (Math.sqrt(vHat) + eps);
    };
  };
}

function plainRmsprop(alpha: number, momentum: number, centered: boolean): Plain {
  return () => {
    let v = 0, mean = 0, b = 0;
    return (p, g) => {
      v = alpha * v + (1 - alpha) * g ** 2;
      mean = alpha * mean + (1 - alpha) * g;
      b = momentum * b + g / (Math.sqrt(centered ? v - mean ** 2 : v) + 1e-8);
      return p - RATE * b;
    };
  };
}

function plainLion(beta1: number, beta2: number, decay: number): Plain {
  return () => {
    let m = 0;
    return (p, g) => {
      const next = p - RATE * (Math.sign(beta1 * m + (1 - beta1) * g) + decay * p);
      m = beta2 * m + (1 - beta2) * g;
      return next;
    };
  };
}

const CASES: Record<string, [Optimizer, Plain]> = {
  "sgd()": [sgd({ learningRate: RATE }), plainSgd(0, false, 0)],
  "sgd() with momentum and weight decay": [
    sgd({ learningRate: RATE, momentum: 0.9, weightDecay: 0.1 }),
    plainSgd(0.9, false, 0.1),
  ],
  "sgd() with Nesterov's momentum": [
    sgd({ learningRate: RATE, momentum: 0.8, nesterov: true }),
    plainSgd(0.8, true, 0),
  ],
  "adam()": [adam({ learningRate: RATE }), plainAdam(0.9, 0.999, 1e-8, 0)],
  "adam() with other constants": [
    adam({ learningRate: RATE, betas: [0, 0.5], eps: 1e-3 }),
    plainAdam(0, 0.5, 1e-3, 0),
  ],
  "adamW()": [adamW({ learningRate: RATE }), plainAdam(0.9, 0.999, 1e-8, 0.01)],
  "rmsprop()": [rmsprop({ learningRate: RATE }), plainRmsprop(0.99, 0, false)],
  "rmsprop() centred and with momentum": [
    rmsprop({ learningRate: RATE, decay: 0.9, momentum: 0.7, centered: true }),
    plainRmsprop(0.9, 0.7, true),
  ],
  "lion()": [lion({ learningRate: RATE, weightDecay: 0.2 }), plainLion(0.9, 0.99, 0.2)],
};

type Params = { readonly a: Tensor; readonly b: readonly Tensor[] };

const START = [1, -0.5, 2];
const GRADIENTS = [[0.1, -2, 0.5], [0.3, 0.25, -0.5], [-0.2, 1e-4, 3], [5, -0.1, 0.02]];

const tree = (values: readonly number[]): Params => ({
  a: tensor(Float64Array.from(values.slice(0, 1))),
  b: [tensor(Float64Array.from(values.slice(1)), [1, 2])],
});
const flat = async ({ a, b }: Params) => [...await numbers(a), ...await numbers(b[0]!)];

for (const [name, [optimizer, plain]] of Object.entries(CASES)) {
  Deno.test(`${name} equals PyTorch's formula, in one program`, async () => {
    let traces = 0;
    using step = compile((params: Params, gradients: Params, state: OptimizerState<Params>) => {
      traces++;
      return optimizer.update(params, gradients, state);
    }, { device: reference });
    let params = tree(START), state = optimizer.init(params), expected = START;
    const histories = START.map(plain);
    for (const [i, gradients] of GRADIENTS.entries()) {
      ({ params, state } = await step(params, tree(gradients), state));
      expected = expected.map((p, k) => histories[k]!(p, gradients[k]!, i + 1));
      assertNear(await flat(params), expected, 1e-13);
    }
    assertEquals([await numbers(state.step), traces], [[GRADIENTS.length], 1]);
  });
}

Deno.test("adamW() on a device agrees with its formula up to f32 rounding, also after many steps", async () => {
  await using device = await openDevice("wasm", { threads: 1 });
  const optimizer = adamW({ learningRate: RATE });
  using step = compile(
    (x: Tensor, g: Tensor, state: OptimizerState<Tensor>) => optimizer.update(x, g, state),
    { device, donateArgnums: [0, 2] },
  );
  let params = tensor([1]), state = optimizer.init(params), expected = 1;
  const plain = plainAdam(0.9, 0.999, 1e-8, 0.01)();
  for (let t = 1; t <= 2000; t++) {
    const g = Math.fround(Math.sin(t));
    ({ params, state } = await step(params, [g], state));
    expected = plain(expected, g, t);
  }
  assertNear([...await params.data()], [expected], 1e-5);
  params.dispose();
  state.step.dispose();
  for (const moment of Object.values(state.moments)) moment.dispose();
  if (isKernelDevice(device)) assertEquals(device.liveBuffers, 0);
});

Deno.test("weight decay applies only to the parameters selected by `decays`", async () => {
  const paths: string[] = [];
  for (const make of [sgd, adamW, lion]) {
    const optimizer = make({
      learningRate: 0.5,
      weightDecay: 0.1,
      decays: (path, shape) => (paths.push(path), shape.length > 1),
    });
    const params = tree(START);
    const next = optimizer.update(params, tree([0, 0, 0]), optimizer.init(params));
    assertNear(await flat(next.params), [1, -0.5 * 0.95, 2 * 0.95]);
  }
  assertEquals(new Set(paths), new Set(["a", "b/0"]));
});

Deno.test("update() accepts a schedule, a number or a tensor as learning rate", async () => {
  const params = tensor([1]), gradient = tensor([1]);
  const scheduled = sgd({ learningRate: cosineDecay({ from: 0.5, steps: 2 }) });
  let state = scheduled.init(params), x = params;
  const values: number[] = [];
  for (let i = 0; i < 3; i++) {
    ({ params: x, state } = scheduled.update(x, gradient, state));
    values.push(...await numbers(x));
  }
  assertNear(values, [0.5, 0.25, 0.25]);
  const given = sgd();
  for (const rate of [0.25, scalar(0.25)]) {
    const next = given.update(params, gradient, given.init(params), rate);
    assertEquals(await numbers(next.params), [0.75]);
  }
  assertThrows(
    () => given.update(params, gradient, given.init(params)),
    TypeError,
    "there is no learning rate",
  );
});

Deno.test("update() names the path that does not match the parameters", () => {
  const optimizer = adam({ learningRate: RATE });
  const params = tree(START), state = optimizer.init(params);
  const wrong = (gradients: unknown) => () => optimizer.update(params, gradients as Params, state);
  assertThrows(wrong({ a: params.a, b: [] }), RangeError, "there is no tensor at 'b/0'");
  assertThrows(
    wrong({ ...params, c: params.a }),
    RangeError,
    "there is a tensor at 'c' that the parameters do not have",
  );
  assertThrows(
    wrong({ ...params, a: params.b[0] }),
    RangeError,
    "at 'a' the shape is [1, 2], but that of the parameter is [1]",
  );
  const other = sgd({ learningRate: RATE, momentum: 0.9 });
  assertThrows(() => other.update(params, params, state), RangeError, "no moments 'velocity', but m, v");
});

Deno.test("optimisers reject constants that are out of range", () => {
  assertThrows(() => adam({ betas: [0.9, 1] }), RangeError, "got 0.9 and 1");
  assertThrows(() => lion({ betas: [-0.1, 0.9] }), RangeError, "got -0.1");
  assertThrows(() => sgd({ momentum: 1 }), RangeError, "got 1");
  assertThrows(() => sgd({ nesterov: true }), RangeError, "momentum above 0");
  assertThrows(() => rmsprop({ decay: NaN }), RangeError, "got NaN");
});
