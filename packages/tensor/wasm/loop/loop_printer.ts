/**
 * Emits the loops of a kernel by its plan: rows, the vector axis, the reduction, and the stores.
 * @module
 */
import type { DType } from "../../ir/dtype.ts";
import { emptyReduction } from "../../ir/arithmetic.ts";
import type { Accumulator, LoopKernel, Scalar } from "../../ir/kernel.ts";
import { emptyValue } from "../../ir/normalise.ts";
import { Cursors, type OdometerAxis } from "./cursors.ts";
import type { Features } from "../module/features.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import { product } from "../module/kernel_code.ts";
import type { LoopPlan } from "./loop_plan.ts";
import { Nest } from "./nest.ts";
import { required } from "../module/required.ts";
import { constantBits, printOp } from "../module/scalar.ts";
import { type Frame, Values } from "./values.ts";
import { vectorLoop, type VectorStep } from "./vector_loop.ts";

/** The operation that combines two values. */
const COMBINE = { sum: "add", max: "max", prod: "mul" } as const;

/** Emits the loops of a kernel, or of a part of its map space. */
export class LoopPrinter {
  readonly #f: FunctionBuilder;
  readonly #kernel: LoopKernel;
  readonly #plan: LoopPlan;
  readonly #features: Features;
  readonly #nest: Nest;
  readonly #values: Values;
  readonly #accumulated: readonly Scalar[];
  readonly #stored: readonly Scalar[];

  /**
   * Analyses the kernel.
   *
   * @param f Function under construction.
   * @param kernel Normalised kernel.
   * @param plan How it runs.
   * @param pointers Address of each of its buffers.
   * @param features Features of the engine.
   */
  constructor(
    f: FunctionBuilder,
    kernel: LoopKernel,
    plan: LoopPlan,
    pointers: readonly Local[],
    features: Features,
  ) {
    this.#f = f;
    this.#kernel = kernel;
    this.#plan = plan;
    this.#features = features;
    this.#accumulated = kernel.accumulators.map(({ value }) => value);
    this.#stored = kernel.stores.map(({ value }) => value);
    const reducing = kernel.accumulators.length > 0;
    const levels = [...kernel.map, ...kernel.reduce].map((_, axis) => {
      if (plan.scheme === "reduce") return axis === plan.vector ? 3 : plan.outer.includes(axis) ? 1 : 2;
      return axis === plan.vector ? 2 : plan.inner.includes(axis) ? 3 : 1;
    });
    const roots = [...this.#accumulated, ...this.#stored];
    this.#nest = new Nest(
      roots,
      kernel.stores,
      pointers,
      levels,
      plan.vector,
      reducing && plan.scheme === "map",
    );
    this.#values = new Values(f, this.#nest, features);
  }

  /**
   * Emits the loops.
   *
   * @param position Start index along each axis; `undefined` stands for 0.
   * @param rows Number of points of the outer axes: a local that is counted down, or a constant.
   * @param columns Number of points of the vector axis in each row (scheme `map`).
   */
  print(position: readonly (Local | undefined)[], rows: Local | number, columns: Local | number): void {
    const axes = this.#odometerAxes(this.#plan.outer);
    const starts = this.#plan.outer.map((axis) => position[axis]);
    const indices = starts.every((start) => start !== undefined) ? starts : undefined;
    const cursors = Cursors.start(this.#f, this.#nest.cursors.specs, position);
    const top: Frame = {
      cursors,
      lanes: 1,
      copies: 1,
      values: new Map(),
      terms: new Map(),
      accumulators: [],
    };
    this.#values.hoist(top, 0, [...this.#accumulated, ...this.#stored]);
    cursors.odometer(axes, indices, rows, (rowCursors) => {
      const row = this.#values.enter(top, { cursors: rowCursors });
      if (this.#plan.scheme === "map") this.#printMapRow(row, columns);
      else this.#printReducedPoint(row);
    });
  }

  #odometerAxes(axes: readonly number[]): OdometerAxis[] {
    const sizes = [...this.#kernel.map, ...this.#kernel.reduce];
    return axes.map((axis) => ({ axis, size: sizes[axis] ?? 1 }));
  }

  /** Scheme `map`: the lanes are points of the output. */
  #printMapRow(row: Frame, columns: Local | number): void {
    const { vector, copies, inner } = this.#plan;
    const reducing = this.#kernel.accumulators.length > 0;
    this.#values.hoist(row, 1, reducing ? this.#accumulated : this.#stored);
    vectorLoop(this.#f, row.cursors, vector, columns, copies, (step) => {
      const tile = this.#values.enter(row, step);
      if (!reducing) return this.#printStores(tile);
      const accumulators = this.#startAccumulators(step.copies);
      this.#values.hoist(tile, 2, this.#accumulated);
      const axes = this.#odometerAxes(inner);
      step.cursors.odometer(axes, undefined, product(axes.map(({ size }) => size)), (cursors) => {
        this.#accumulate(this.#values.enter(tile, { cursors }), accumulators);
      });
      this.#printStores(this.#values.enter(tile, { accumulators }));
    });
  }

  /** Scheme `reduce`: the lanes are terms of a sum; one point of the output at a time. */
  #printReducedPoint(row: Frame): void {
    const { vector, copies, inner } = this.#plan;
    const size = this.#kernel.reduce[vector - this.#kernel.map.length] ?? 1;
    const accumulators = this.#startAccumulators(copies);
    this.#values.hoist(row, 1, this.#accumulated);
    const axes = this.#odometerAxes(inner);
    row.cursors.odometer(axes, undefined, product(axes.map(({ size }) => size)), (cursors) => {
      const line = this.#values.enter(row, { cursors });
      this.#values.hoist(line, 2, this.#accumulated);
      vectorLoop(this.#f, cursors, vector, size, copies, (step: VectorStep) => {
        this.#accumulate(this.#values.enter(line, step), accumulators);
      });
    });
    this.#kernel.accumulators.forEach((accumulator, i) => this.#combine(accumulator, accumulators[i] ?? []));
    this.#printStores(
      this.#values.enter(row, { accumulators: accumulators.map((copies) => copies.slice(0, 1)) }),
    );
  }

  #startAccumulators(copies: number): Local[][] {
    return this.#kernel.accumulators.map((accumulator) => {
      const empty = emptyValue(accumulator);
      return Array.from({ length: copies }, () => {
        const local = this.#f.local("v128");
        this.#f.splat(empty.op === "const" ? constantBits(empty.dtype, empty.value) : 0).set(local);
        return local;
      });
    });
  }

  /** Accumulates the values of one iteration. */
  #accumulate(frame: Frame, accumulators: readonly (readonly Local[])[]): void {
    const f = this.#f;
    // In the tail of a reduction along the lanes only lane 0 is a term; for a maximum, duplicates are harmless.
    const masked = this.#plan.scheme === "reduce" && frame.lanes === 1;
    this.#kernel.accumulators.forEach(({ kind, dtype, value }, i) => {
      for (let copy = 0; copy < frame.copies; copy++) {
        const into = required(accumulators[i]?.[copy], `accumulator ${i} of ${this.#kernel.name}`);
        if (kind === "sum" && dtype === "f32" && !masked) this.#values.pushSum(value, into, frame, copy);
        else {
          f.get(into);
          this.#values.push(value, frame, copy);
          if (kind !== "max" && masked) this.#onlyFirstLane(kind, dtype);
          printOp(f, COMBINE[kind], dtype, dtype, this.#features);
        }
        f.set(into);
      }
    });
  }

  /** Replaces the other lanes of the vector on the stack by the identity of the reduction. */
  #onlyFirstLane(kind: Accumulator["kind"], dtype: DType): void {
    const f = this.#f;
    f.lanes([-1, 0, 0, 0]).op("v128.and");
    const neutral = constantBits(dtype, emptyReduction(kind, dtype));
    if (neutral !== 0) f.lanes([0, neutral, neutral, neutral]).op("v128.or");
  }

  /** Combines partial results; all lanes of the first copy receive the total. */
  #combine({ kind, dtype }: Accumulator, copies: readonly Local[]): void {
    const f = this.#f, { name } = this.#kernel;
    const copy = (i: number) => required(copies[i], `accumulator copy ${i} of ${name}`), total = copy(0);
    const join = () => printOp(f, COMBINE[kind], dtype, dtype, this.#features);
    for (let step = copies.length / 2; step >= 1; step /= 2) {
      for (let i = 0; i < step; i++) {
        f.get(copy(i)).get(copy(i + step));
        join();
        f.set(copy(i));
      }
    }
    for (const lanes of [[2, 3, 0, 1], [1, 0, 3, 2]] as const) {
      f.get(total).get(total).get(total).shuffle(lanes);
      join();
      f.set(total);
    }
  }

  /** Computes all values of a point before writing any, since a buffer may be read and written in place. */
  #printStores(frame: Frame): void {
    for (let copy = 0; copy < frame.copies; copy++) {
      const values = this.#kernel.stores.map(({ value }) => this.#values.local(value, frame, copy));
      this.#kernel.stores.forEach((store, i) => {
        const value = values[i];
        if (value) this.#values.store(store, value, frame, copy);
      });
    }
  }
}
