/** @module */
import type { DType, HostArray } from "../../ir/dtype.ts";
import { SIGNATURES } from "../../ir/arithmetic.ts";
import type { LoopKernel, Scalar, ScalarOp } from "../../ir/kernel.ts";
import { openWasm } from "../runtime/device.ts";
import { affine, checkKernel, load, Noise, slots, withDevice } from "../testing.ts";

const SPECIAL = {
  f32: [0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 1e-40, 3e9, -3e9, 5e9, Infinity, -Infinity, NaN, 2147483648],
  i32: [0, 1, -1, 2, 31, 32, 33, -7, 0x7fffffff, -0x80000000, 65_537],
  u32: [0, 1, 2, 31, 32, 33, 7, 0x7fffffff, 0x80000000, 0xffffffff, 65_537],
  bool: [0, 1],
} as const;

const COMPARISONS: readonly ScalarOp[] = ["lt", "le", "eq", "ne"];

/** Random samples of special values for each operand. */
function operandsOf(types: readonly DType[], noise: Noise): HostArray[] {
  const size = 301;
  return types.map((type) => {
    const array = noise.array(type, size);
    for (let i = 0; i < size; i++) array[i] = noise.pick<number>(SPECIAL[type]);
    return array;
  });
}

function kernelOf(op: ScalarOp, to: DType, types: readonly DType[]): LoopKernel {
  const args: Scalar[] = types.map((dtype, buffer) => load(buffer, [1], { dtype }));
  return {
    kind: "loop",
    name: `${op} ${types.join()} to ${to}`,
    buffers: slots(...types.map((type) => ["r", type] as const), ["w", to]),
    map: [301],
    reduce: [],
    accumulators: [],
    stores: [{ buffer: types.length, address: affine([1]), value: { op, dtype: to, args } }],
  };
}

for (const simd of ["auto", "plain"] as const) {
  Deno.test(`every scalar operation (${simd}) agrees with its definition on special values`, () =>
    withDevice(() => openWasm({ threads: 1, simd }), async (device) => {
      const noise = new Noise(11);
      const check = async (op: ScalarOp, to: DType, types: readonly DType[]) => {
        const data = operandsOf(types, noise);
        await checkKernel(device, kernelOf(op, to, types), [...data, noise.array(to, 301)], 1e-7);
      };
      for (const [name, { arity, types }] of Object.entries(SIGNATURES)) {
        const op = name as ScalarOp;
        for (const type of types) {
          if (op === "convert" || op === "bitcast") {
            for (const to of types) if (to !== type) await check(op, to, [type]);
          } else if (op === "select") await check(op, type, ["bool", type, type]);
          else {await check(
              op,
              COMPARISONS.includes(op) ? "bool" : type,
              Array.from({ length: arity }, () => type),
            );}
        }
      }
    }));
}
