/**
 * Expressions on top of the stack machine, for scalar code: an expression is a function that pushes its value, so
 * `op("f64.add", a, op("f64.mul", b, 2))` reads like the formula `a + b · 2`.
 * @module
 */
import type { FunctionBuilder, Local, ValueType } from "../module/function_builder.ts";
import type { MemoryOp, PlainOp } from "../module/opcodes.ts";

/** A value: a local, a constant of the instruction's type, or code that pushes it. */
export type Value = Local | number | (() => void);

/** Emits statements and expressions into a function. */
export class Writer {
  /**
   * Creates a writer.
   *
   * @param f Function under construction.
   * @param pow Index of the function `pow`, if it is needed.
   */
  constructor(readonly f: FunctionBuilder, readonly pow?: number) {}

  /** `base ^ exponent`, f64, as JavaScript's `Math.pow`. */
  power(base: Value, exponent: number): () => void {
    return () => {
      if (this.pow === undefined) throw new Error("this writer has no pow function");
      this.push(base, "f64");
      this.f.f64(exponent).call(this.pow);
    };
  }

  /** Pushes a value; a number becomes a constant of the given type. */
  push(value: Value, type: "i32" | "f64" = "i32"): void {
    if (typeof value === "function") value();
    else if (typeof value !== "number") this.f.get(value);
    else if (type === "f64") this.f.f64(value);
    else this.f.i32(value);
  }

  /** An instruction on values; constants have the type of its name's prefix. */
  op(name: PlainOp, ...values: readonly Value[]): () => void {
    return () => {
      for (const value of values) this.push(value, name.startsWith("f64.") ? "f64" : "i32");
      this.f.op(name);
    };
  }

  /** `a + b + ...`, i32. */
  sum(first: Value, ...rest: readonly Value[]): () => void {
    return () => {
      this.push(first);
      for (const value of rest) {
        this.push(value);
        this.f.op("i32.add");
      }
    };
  }

  /** `value · by`, i32. */
  times(value: Value, by: number): () => void {
    return () => {
      this.push(value);
      if (by > 1 && (by & (by - 1)) === 0) this.f.i32(31 - Math.clz32(by)).op("i32.shl");
      else this.f.scale(by);
    };
  }

  /** `condition ? a : b`; both are evaluated. */
  choose(a: Value, b: Value, condition: Value): () => void {
    return () => {
      for (const value of [a, b, condition]) this.push(value);
      this.f.op("select");
    };
  }

  /** The smaller of two signed integers. */
  min(a: Local, b: Value): () => void {
    const other = this.materialise(b);
    return this.choose(a, other, this.op("i32.lt_s", a, other));
  }

  /** The larger of two signed integers. */
  max(a: Local, b: Value): () => void {
    const other = this.materialise(b);
    return this.choose(a, other, this.op("i32.gt_s", a, other));
  }

  /** Evaluates a value into a local, unless it is a local or a constant. */
  materialise(value: Value, type: ValueType = "i32"): Local | number {
    return typeof value === "function" ? this.let(type, value) : value;
  }

  /** Loads from memory at an address plus a constant. */
  load(name: Extract<MemoryOp, `${string}load${string}`>, address: Value, offset: number = 0): () => void {
    return () => {
      this.push(address);
      this.f.memory(name, offset);
    };
  }

  /** Stores to memory at an address plus a constant. */
  store(
    name: "i32.store" | "f32.store" | "f64.store" | "v128.store",
    address: Value,
    value: Value,
    offset: number = 0,
  ): void {
    this.push(address);
    this.push(value, name === "f64.store" ? "f64" : "i32");
    this.f.memory(name, offset);
  }

  /** Assigns a local. */
  set(local: Local, value: Value): void {
    this.push(value, local.type === "f64" ? "f64" : "i32");
    this.f.set(local);
  }

  /** Declares a local with an initial value. */
  let(type: ValueType, value: Value): Local {
    const local = this.f.local(type);
    this.set(local, value);
    return local;
  }

  /** Runs one of two branches. */
  if(condition: Value, then: () => void, otherwise?: () => void): void {
    this.push(condition);
    this.f.if(then, otherwise);
  }

  /** Runs a body while a condition holds. */
  while(condition: Value, body: () => void): void {
    this.f.block((exit) =>
      this.f.loop((again) => {
        this.push(condition);
        this.f.op("i32.eqz").brIf(exit);
        body();
        this.f.br(again);
      })
    );
  }

  /** Runs a body for each unsigned integer from the local's value up to a limit, exclusive. */
  until(counter: Local, limit: Value, step: number, body: () => void): void {
    this.while(this.op("i32.lt_u", counter, limit), () => {
      body();
      this.f.increment(counter, step);
    });
  }

  /** Calls a function for chunks `[from, to)` of a range, so that the engine can tier up in between. */
  chunks(first: Value, end: Local, size: number, call: (from: Local, to: Local) => void): void {
    const from = this.let("i32", first), to = this.f.local("i32");
    this.while(this.op("i32.lt_u", from, end), () => {
      const next = this.let("i32", this.sum(from, size));
      this.set(to, this.min(next, end));
      call(from, to);
      this.set(from, to);
    });
  }

  /** Pushes arguments and calls a function. */
  call(index: number, ...values: readonly Value[]): void {
    for (const value of values) this.push(value);
    this.f.call(index);
  }

  /** Returns from the function. */
  return(): void {
    this.f.op("return");
  }
}
