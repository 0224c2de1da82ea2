/**
 * Emits expressions of the kernel IR inside a loop nest. A *frame* is a point in the nest: the cursors there, the
 * number of lanes and copies of a value, and the values already held in locals.
 * @module
 */
import type { Load, Scalar, Store } from "../../ir/kernel.ts";
import type { Cursors } from "./cursors.ts";
import type { Features } from "../module/features.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import type { Nest, Place } from "./nest.ts";
import { constantBits, printOp, printShift } from "../module/scalar.ts";

/** A point in a loop nest. */
export interface Frame {
  /** Cursors at this point. */
  readonly cursors: Cursors;
  /** Valid lanes of a vector: 4, or 1 in the tail of a loop. */
  readonly lanes: 1 | 4;
  /** Vectors per iteration, consecutive along the vector axis. */
  readonly copies: number;
  /** Locals of computed values, by copy; values equal in all lanes have one copy. */
  readonly values: Map<Scalar, (Local | undefined)[]>;
  /** Byte offsets of indirect loads in i32 locals. */
  readonly terms: Map<Load, Local>;
  /** Accumulators, by copy. */
  readonly accumulators: readonly (readonly Local[])[];
}

/** Emits the values of one kernel. */
export class Values {
  readonly #f: FunctionBuilder;
  readonly #nest: Nest;
  readonly #features: Features;

  /**
   * Creates an emitter.
   *
   * @param f Function under construction.
   * @param nest Analysis of all expressions to emit.
   * @param features Features of the engine.
   */
  constructor(f: FunctionBuilder, nest: Nest, features: Features) {
    this.#f = f;
    this.#nest = nest;
    this.#features = features;
  }

  /** Creates a nested frame: it sees the values of the outer one, and its own are not visible outside. */
  enter(frame: Frame, changes: Partial<Pick<Frame, "cursors" | "lanes" | "copies" | "accumulators">>): Frame {
    return { ...frame, ...changes, values: new Map(frame.values), terms: new Map(frame.terms) };
  }

  /** Computes, on entering a loop level, the values available there and used further inside. */
  hoist(frame: Frame, level: number, roots: readonly Scalar[]): void {
    for (const node of this.#nest.hoisted(level, roots)) {
      const copies = this.#nest.varies(node) ? frame.copies : 1;
      for (let copy = 0; copy < copies; copy++) this.local(node, frame, copy);
    }
    for (const node of this.#nest.nodes) {
      if (node.op !== "load" || node.address.indirect.length === 0) continue;
      const known = node.address.indirect.every(({ index }) =>
        frame.values.has(index) && !this.#nest.varies(index)
      );
      if (!known || frame.terms.has(node)) continue;
      const term = this.#f.local("i32");
      this.#pushTerm(node, frame, 0, 0);
      this.#f.set(term);
      frame.terms.set(node, term);
    }
  }

  /** Returns the local of a value, computing it if necessary. */
  local(node: Scalar, frame: Frame, copy: number): Local {
    const at = this.#nest.varies(node) ? copy : 0;
    const known = this.#known(node, frame, at);
    if (known) return known;
    this.#compute(node, frame, at);
    return this.#save(node, frame, at);
  }

  /** Pushes a value. */
  push(node: Scalar, frame: Frame, copy: number): void {
    const at = this.#nest.varies(node) ? copy : 0;
    const known = this.#known(node, frame, at);
    if (known) {
      this.#f.get(known);
      return;
    }
    this.#compute(node, frame, at);
    if (this.#nest.shared(node) && node.op !== "const") this.#f.get(this.#save(node, frame, at));
  }

  /** Pushes `accumulator + value`, in f32. */
  pushSum(value: Scalar, accumulator: Local, frame: Frame, copy: number): void {
    const product = this.#fusable(value, frame);
    if (product) {
      product.forEach((factor) => this.push(factor, frame, copy));
      this.#f.get(accumulator).op("f32x4.relaxed_madd");
    } else {
      this.#f.get(accumulator);
      this.push(value, frame, copy);
      this.#f.op("f32x4.add");
    }
  }

  /** Writes a value to the address of a store. */
  store(store: Store, value: Local, frame: Frame, copy: number): void {
    const place = this.#nest.store(store);
    const vector = this.#nest.vector;
    const stride = vector === undefined ? 0 : frame.cursors.stride(place.cursor, vector);
    const pushValue = () => {
      this.#f.get(value);
      if (store.value.dtype === "bool") this.#f.splat(1).op("v128.and");
    };
    if (frame.lanes === 4 && stride === 1) {
      const offset = this.#pushAddress(frame, place, 4 * copy, false);
      pushValue();
      this.#f.memory("v128.store", offset);
      return;
    }
    for (let lane = 0; lane < frame.lanes; lane++) {
      const offset = this.#pushAddress(frame, place, stride * (4 * copy + lane), false);
      pushValue();
      this.#f.memoryLane("v128.store32_lane", lane, offset);
    }
  }

  #known(node: Scalar, frame: Frame, copy: number): Local | undefined {
    if (node.op === "accumulator") return frame.accumulators[node.index]?.[copy];
    return frame.values.get(node)?.[copy];
  }

  /** Pops a value into a new local. */
  #save(node: Scalar, frame: Frame, copy: number): Local {
    const local = this.#f.local("v128");
    this.#f.set(local);
    const copies = [...frame.values.get(node) ?? []];
    copies[copy] = local;
    frame.values.set(node, copies);
    return local;
  }

  #compute(node: Scalar, frame: Frame, copy: number): void {
    const f = this.#f;
    switch (node.op) {
      case "const":
        f.splat(constantBits(node.dtype, node.value));
        return;
      case "affine":
        return this.#computePosition(node, frame, copy);
      case "load":
        return this.#computeLoad(node, frame, copy);
      case "accumulator":
        throw new Error(`accumulator ${node.index} is used before it is complete`);
      case "shl":
      case "shr": {
        const [value, amount] = node.args;
        if (!value || !amount) throw new TypeError(`${node.op} needs two arguments`);
        const by = amount.op === "const" ? amount.value : () => this.push(amount, frame, copy);
        return printShift(f, node.op, node.dtype, () => this.push(value, frame, copy), by);
      }
      default:
        return this.#computeOp(node, frame, copy);
    }
  }

  #computeOp(node: Extract<Scalar, { args: readonly Scalar[] }>, frame: Frame, copy: number): void {
    const { op, args, dtype } = node;
    const [first, second, third] = args;
    if (op === "select" && first && second && third) {
      for (const arg of [second, third, first]) this.push(arg, frame, copy);
      return printOp(this.#f, op, dtype, first.dtype, this.#features);
    }
    if ((op === "add" || op === "sub") && dtype === "f32" && first && second) {
      const right = this.#fusable(second, frame),
        left = op === "add" ? this.#fusable(first, frame) : undefined;
      const factors = right ?? left;
      if (factors) {
        for (const arg of [...factors, right ? first : second]) this.push(arg, frame, copy);
        this.#f.op(op === "add" ? "f32x4.relaxed_madd" : "f32x4.relaxed_nmadd");
        return;
      }
    }
    for (const arg of args) this.push(arg, frame, copy);
    printOp(this.#f, op, dtype, first?.dtype ?? dtype, this.#features);
  }

  /** The factors of a product that is used only here and can be fused with an addition. */
  #fusable(node: Scalar, frame: Frame): readonly Scalar[] | undefined {
    if (!this.#features.relaxed || node.op !== "mul" || node.dtype !== "f32") return undefined;
    return this.#nest.shared(node) || frame.values.has(node) ? undefined : node.args;
  }

  #computePosition(node: Scalar, frame: Frame, copy: number): void {
    const place = this.#nest.position(node);
    const vector = this.#nest.vector;
    const stride = vector === undefined ? 0 : frame.cursors.stride(place.cursor, vector);
    this.#f.get(frame.cursors.local(place.cursor)).i32(place.delta + stride * 4 * copy).op("i32.add");
    this.#f.op("i32x4.splat");
    if (stride !== 0 && frame.lanes === 4) {
      this.#f.lanes([0, stride, 2 * stride, 3 * stride]).op("i32x4.add");
    }
  }

  /** Pushes a pointer; returns the offset for the instruction to add. */
  #pushAddress(frame: Frame, place: Place, ahead: number, free: boolean): number {
    const bytes = 4 * (place.delta + ahead);
    this.#f.get(frame.cursors.local(place.cursor));
    if (!free && bytes >= 0) return bytes;
    if (bytes !== 0) this.#f.i32(bytes).op("i32.add");
    return 0;
  }

  /** Pushes the byte offset of the indirect terms of a load for one lane. */
  #pushTerm(load: Load, frame: Frame, copy: number, lane: number): void {
    load.address.indirect.forEach(({ stride, index }, i) => {
      const varies = this.#nest.varies(index);
      this.#f.get(this.local(index, frame, copy)).lane("i32x4.extract_lane", varies ? lane : 0).scale(
        4 * stride,
      );
      if (i > 0) this.#f.op("i32.add");
    });
  }

  #computeLoad(load: Load, frame: Frame, copy: number): void {
    const f = this.#f, nest = this.#nest, vector = nest.vector;
    const place = nest.load(load);
    const strideOf = (at: Place) => vector === undefined ? 0 : frame.cursors.stride(at.cursor, vector);
    const stride = strideOf(place), ahead = 4 * copy;
    const { indirect } = load.address;
    // Before any branch, so that these values can be reused.
    for (const { index } of indirect) this.local(index, frame, copy);
    const free = place.guards.length > 0 || indirect.length > 0;
    const term = frame.terms.get(load);
    const pushLane = (lane: number) => {
      const offset = this.#pushAddress(frame, place, stride * (ahead + lane), free);
      if (term) f.get(term).op("i32.add");
      else if (indirect.length > 0) {
        this.#pushTerm(load, frame, copy, lane);
        f.op("i32.add");
      }
      return offset;
    };
    const pushInside = (lane: number) =>
      place.guards.forEach((guard, i) => {
        f.get(frame.cursors.local(guard.cursor)).i32(guard.delta + strideOf(guard) * (ahead + lane)).op(
          "i32.add",
        );
        f.i32(guard.size).op("i32.lt_u");
        if (i > 0) f.op("i32.and");
      });
    const wide = nest.varies(load) && frame.lanes === 4;
    const gathered = stride !== 1 || indirect.some(({ index }) => nest.varies(index));
    const pushAll = () => {
      if (!wide) f.memory("v128.load32_splat", pushLane(0));
      else if (!gathered) f.memory("v128.load", pushLane(0));
      else this.#pushGathered(pushLane);
    };
    if (place.guards.length === 0) pushAll();
    else if (!wide || place.guards.every((guard) => strideOf(guard) === 0)) {
      pushInside(0);
      f.if(pushAll, () => f.splat(0), "v128");
    } else {
      // Guards are affine: if the first and the last lane are in bounds, all are.
      pushInside(0);
      pushInside(3);
      f.op("i32.and").if(pushAll, () => this.#pushGuarded(pushLane, pushInside), "v128");
    }
    if (load.dtype === "bool") f.splat(0).op("i32x4.ne");
  }

  #pushGathered(pushLane: (lane: number) => number): void {
    const lanes = this.#f.local("v128");
    this.#f.memory("v128.load32_zero", pushLane(0)).set(lanes);
    for (let lane = 1; lane < 4; lane++) {
      const offset = pushLane(lane);
      this.#f.get(lanes).memoryLane("v128.load32_lane", lane, offset).set(lanes);
    }
    this.#f.get(lanes);
  }

  #pushGuarded(pushLane: (lane: number) => number, pushInside: (lane: number) => void): void {
    const f = this.#f, lanes = f.local("v128");
    f.splat(0).set(lanes);
    for (let lane = 0; lane < 4; lane++) {
      pushInside(lane);
      f.if(() => {
        const offset = pushLane(lane);
        f.get(lanes).memoryLane("v128.load32_lane", lane, offset).set(lanes);
      });
    }
    f.get(lanes);
  }
}
