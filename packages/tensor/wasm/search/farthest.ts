/**
 * Code generation for {@link FarthestPointSampleKernel}: one task per cloud maintains, for each point, the distance to
 * the nearest selected point, and selects the farthest, the first among equals. Every distance is rounded as defined;
 * most are ruled out by a cheaper bound.
 * @module
 */
import type { FarthestPointSampleKernel } from "../../ir/kernel.ts";
import type { Features } from "../module/features.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import { type KernelCode, loadPointers, TASK_PARAMETERS, taskParameters } from "../module/kernel_code.ts";
import { constantBits } from "../module/scalar.ts";
import { FAR, isFinitePoint } from "./columns.ts";
import { fourBounds, SINGLE_FLOOR } from "./distance.ts";
import { callsPow } from "./plan.ts";
import { type Value, Writer } from "./writer.ts";
import type { SharedFunctions } from "../module/shared_functions.ts";

/** Distance to the empty selection, and of points that are never the farthest. */
const INITIAL_DISTANCE = 1e10, NEVER = -1;
/** Points per call of the inner function, a multiple of four. */
const CHUNK = 2048;
/** Exceeds the relative rounding error of bounds and distances. */
const SLACK = 1 + 1e-5;
/** Sums of powers of at least this are safe from underflow in single precision. */
const NORMAL_POWER = 1e-30;

/** Byte offsets in the scratch: the selected point, and in four lanes the largest distances and their points. */
const SCRATCH = { taken: 0, best: 16, owner: 32, bytes: 48 } as const;

/** Column stride in the workspace (coordinates, then distances). A cloud is padded to a multiple of four points. */
function columnBytes({ points, clouds }: FarthestPointSampleKernel): number {
  return Math.ceil((4 * (points + 4 * clouds) + 16) / 64) * 64;
}

/** Returns the workspace size of the kernel, in bytes. */
export function farthestWorkspace(kernel: FarthestPointSampleKernel): number {
  return columnBytes(kernel) * (kernel.dimension + 1);
}

/**
 * Generates code for farthest-point sampling.
 *
 * @param kernel Kernel.
 * @param features Features of the engine.
 */
export function farthestCode(kernel: FarthestPointSampleKernel, features: Features): KernelCode {
  const { points, dimension, clouds, count } = kernel;
  return {
    tasks: clouds,
    scratchBytes: SCRATCH.bytes,
    work: points * dimension * count,
    emit: (shared) => {
      const fill = addFill(shared, kernel), update = addUpdate(shared, kernel, features);
      return shared.module.function(TASK_PARAMETERS, (f) => writeCloud(f, kernel, fill, update));
    },
  };
}

function writeCloud(
  f: FunctionBuilder,
  kernel: FarthestPointSampleKernel,
  fill: number,
  update: number,
): void {
  const { count, start, dimension } = kernel, bytes = columnBytes(kernel);
  const { args, task: cloud, scratch } = taskParameters(f), w = new Writer(f);
  const [points, starts, out, workspace] = loadPointers(f, args, 4);
  const bounds = w.let("i32", w.sum(starts, w.times(cloud, 4)));
  const first = w.let("i32", w.load("i32.load", bounds));
  const size = w.let("i32", w.op("i32.sub", w.load("i32.load", bounds, 4), first));
  const whole = w.let("i32", w.op("i32.and", w.sum(size, 3), -4));
  const columns = w.let("i32", w.sum(workspace, w.times(first, 4), w.times(cloud, 16)));
  const source = w.let("i32", w.sum(points, w.times(first, 4 * dimension)));
  w.chunks(0, whole, CHUNK, (from, to) => w.call(fill, source, columns, size, from, to));
  const taken = w.let("i32", start), left = w.let("i32", count);
  const to = w.let("i32", w.sum(out, w.times(cloud, 4 * count)));
  f.countdown(left, () => {
    w.store("i32.store", to, w.sum(first, taken));
    f.increment(to, 4);
    w.if(w.op("i32.lt_u", taken, size), () => {
      const at = w.let("i32", w.sum(columns, w.times(taken, 4)));
      for (let axis = 0; axis < dimension; axis++) {
        w.store("f32.store", scratch, w.load("f32.load", at, axis * bytes), SCRATCH.taken + 4 * axis);
      }
    });
    w.store("v128.store", scratch, () => f.splat(constantBits("f32", -1)), SCRATCH.best);
    w.store("v128.store", scratch, () => f.splat(0), SCRATCH.owner);
    w.chunks(0, whole, CHUNK, (from, to) => w.call(update, columns, scratch, from, to));
    w.set(taken, firstOfBest(w, scratch));
  });
}

/** Returns the lowest point index among the lanes with the largest distance. */
function firstOfBest(w: Writer, scratch: Local): () => void {
  const lane = (i: number) => ({
    value: w.load("f32.load", scratch, SCRATCH.best + 4 * i),
    owner: w.load("i32.load", scratch, SCRATCH.owner + 4 * i),
  });
  const best = w.let("f64", w.op("f64.promote_f32", lane(0).value)), value = w.f.local("f64");
  const owner = w.let("i32", lane(0).owner), other = w.f.local("i32");
  for (let i = 1; i < 4; i++) {
    w.set(value, w.op("f64.promote_f32", lane(i).value));
    w.set(other, lane(i).owner);
    const earlier = w.op("i32.and", w.op("f64.eq", value, best), w.op("i32.lt_u", other, owner));
    w.if(w.op("i32.or", w.op("f64.gt", value, best), earlier), () => {
      w.set(best, value);
      w.set(owner, other);
    });
  }
  return () => w.push(owner);
}

/**
 * `fill(source, columns, size, first, end)`: writes the columns of a cloud. Padding and points that are not finite get a
 * distance below all others; the coordinates of the latter are such that no distance to them is below another.
 */
function addFill({ module }: SharedFunctions, kernel: FarthestPointSampleKernel): number {
  const { dimension } = kernel, bytes = columnBytes(kernel);
  return module.function(["i32", "i32", "i32", "i32", "i32"], (f) => {
    const [source, columns, size, first, end] = f.parameters, w = new Writer(f);
    const from = w.let("i32", w.sum(source, w.times(first, 4 * dimension)));
    const to = w.let("i32", w.sum(columns, w.times(first, 4)));
    w.until(first, end, 1, () => {
      const fill = (distance: number, coordinate: (axis: number) => Value) => {
        for (let axis = 0; axis < dimension; axis++) {
          w.store("i32.store", to, coordinate(axis), axis * bytes);
        }
        w.store("i32.store", to, constantBits("f32", distance), dimension * bytes);
      };
      w.if(
        w.op("i32.lt_u", first, size),
        () =>
          w.if(
            isFinitePoint(w, from, dimension),
            () => fill(INITIAL_DISTANCE, (axis) => w.load("i32.load", from, 4 * axis)),
            () => fill(NEVER, () => constantBits("f32", FAR)),
          ),
        () => fill(NEVER, () => 0),
      );
      f.increment(from, 4 * dimension).increment(to, 4);
    });
  });
}

/**
 * `update(columns, scratch, first, end)`: updates the distances by those to the selected point, and finds the largest.
 */
function addUpdate(shared: SharedFunctions, kernel: FarthestPointSampleKernel, features: Features): number {
  const { norm, dimension } = kernel, bytes = columnBytes(kernel);
  const pow = callsPow(kernel) ? shared.module.imported("pow") : undefined;
  return shared.module.function(["i32", "i32", "i32", "i32"], (f) => {
    const [columns, scratch, first, end] = f.parameters, w = new Writer(f, pow);
    const axes = Array.from({ length: dimension }, (_, axis) => axis);
    const taken = axes.map((axis) =>
      w.let("v128", w.load("v128.load32_splat", scratch, SCRATCH.taken + 4 * axis))
    );
    const best = w.let("v128", w.load("v128.load", scratch, SCRATCH.best));
    const owner = w.let("v128", w.load("v128.load", scratch, SCRATCH.owner));
    const number = w.let("v128", w.op("i32x4.add", w.op("i32x4.splat", first), () => f.lanes([0, 1, 2, 3])));
    const at = w.let("i32", w.sum(columns, w.times(first, 4)));
    const nearest = f.local("v128"), mask = f.local("v128");
    const differences = axes.map(() => f.local("v128"));
    w.until(first, end, 4, () => {
      axes.forEach((axis) => {
        const there = w.load("v128.load", at, axis * bytes);
        w.set(differences[axis]!, w.op("f32x4.sub", there, taken[axis]!));
      });
      w.set(nearest, w.load("v128.load", at, dimension * bytes));
      const metric = norm === 1 ? "sum" : norm === 2 ? "squares" : "largest";
      const bounds = fourBounds(w, metric, differences.map((one) => () => f.get(one)), features);
      const lower = (distances: Value) => {
        w.set(nearest, w.op("f32x4.pmin", nearest, distances));
        w.store("v128.store", at, nearest, dimension * bytes);
      };
      if (norm === 1 || norm === Infinity) lower(bounds);
      else {
        const near = w.op("f32x4.le", bounds, limitOf(w, norm, nearest));
        w.if(w.op("v128.any_true", near), () => {
          lower(norm === 2 ? euclidean(w, differences) : general(w, norm, differences));
        });
      }
      w.set(mask, w.op("f32x4.gt", nearest, best));
      w.if(w.op("v128.any_true", mask), () => {
        w.set(best, w.op("v128.bitselect", nearest, best, mask));
        w.set(owner, w.op("v128.bitselect", number, owner, mask));
      });
      w.set(number, w.op("i32x4.add", number, () => f.splat(4)));
      f.increment(at, 16);
    });
    w.store("v128.store", scratch, best, SCRATCH.best);
    w.store("v128.store", scratch, owner, SCRATCH.owner);
  });
}

/** The bound above which a rounded distance cannot be less than the current nearest one. */
function limitOf(w: Writer, norm: number, nearest: Local): () => void {
  const constant = (value: number) => () => w.f.splat(constantBits("f32", value));
  if (norm === 2) {
    const square = w.op("f32x4.mul", nearest, nearest);
    return w.op("f32x4.add", w.op("f32x4.mul", square, constant(SLACK)), constant(SINGLE_FLOOR));
  }
  const least = NORMAL_POWER ** (1 / norm);
  return w.op("f32x4.pmax", w.op("f32x4.mul", nearest, constant(SLACK)), constant(least));
}

/** `√Σ d²`, where squares are exact and each sum is rounded to double, then to single precision. */
function euclidean(w: Writer, differences: readonly Local[]): () => void {
  const { f } = w,
    high = f.local("v128"),
    product = f.local("v128"),
    totals = [f.local("v128"), f.local("v128")];
  differences.forEach((difference, axis) => {
    f.get(difference).get(difference).shuffle([2, 3, 2, 3]).set(high);
    totals.forEach((total, half) => {
      w.set(product, w.op("f64x2.promote_low_f32x4", half === 0 ? difference : high));
      const square = w.op("f64x2.mul", product, product);
      const sum = axis === 0 ? square : w.op("f64x2.add", w.op("f64x2.promote_low_f32x4", total), square);
      w.set(total, w.op("f32x4.demote_f64x2_zero", sum));
    });
  });
  return () => {
    for (const total of totals) f.get(total);
    f.shuffle([0, 1, 4, 5]).op("f32x4.sqrt");
  };
}

/** `(Σ |d|^p)^(1/p)` lane by lane; each sum and the root are rounded to single precision. */
function general(w: Writer, norm: number, differences: readonly Local[]): () => void {
  const { f } = w, result = f.local("v128"), total = f.local("f64");
  for (let lane = 0; lane < 4; lane++) {
    w.set(total, 0);
    for (const difference of differences) {
      const one = () => void f.get(difference).lane("f32x4.extract_lane", lane);
      const power = w.power(w.op("f64.abs", w.op("f64.promote_f32", one)), norm);
      const rounded = w.op("f32.demote_f64", w.op("f64.add", total, power));
      w.set(total, w.op("f64.promote_f32", rounded));
    }
    f.get(result);
    w.op("f32.demote_f64", w.power(total, 1 / norm))();
    f.lane("f32x4.replace_lane", lane).set(result);
  }
  return () => w.push(result);
}
