/**
 * Builds the body of one WebAssembly function: locals, structured control flow, instructions. The caller is responsible
 * for the value stack; each method appends one instruction unless noted otherwise, and returns the builder.
 * @module
 */
import { Bytes } from "./bytes.ts";
import {
  LANE,
  type LaneOp,
  MEMORY,
  MEMORY_LANE,
  type MemoryLaneOp,
  type MemoryOp,
  PLAIN,
  type PlainOp,
} from "./opcodes.ts";

/** Types of locals and results. */
export type ValueType = "i32" | "f32" | "f64" | "v128";

/** A local variable or parameter. */
export interface Local {
  /** Index in the function, parameters first. */
  readonly index: number;
  /** Type of its value. */
  readonly type: ValueType;
}

/** A block or loop that is the target of branches. */
export interface Label {
  /** Nesting depth of its body. */
  readonly depth: number;
}

/** Encoding of a value type. */
export const VALUE_TYPE: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};
const EMPTY_TYPE = 0x40;

/** A local for each of some types. */
export type Locals<Types extends readonly ValueType[]> = { readonly [I in keyof Types]: Local };

/** One function under construction. */
export class FunctionBuilder<Parameters extends readonly ValueType[] = readonly ValueType[]> {
  /** The parameters, in order. */
  readonly parameters: Locals<Parameters>;
  readonly #code = new Bytes();
  readonly #locals: ValueType[] = [];
  #depth = 0;

  /**
   * Starts a function.
   *
   * @param parameters Types of the parameters.
   */
  constructor(parameters: Parameters) {
    // map() forgets how many elements a tuple has.
    this.parameters = parameters.map((type, index) => ({ type, index })) as Locals<Parameters>;
  }

  /** Declares a local variable (no instruction). */
  local(type: ValueType): Local {
    this.#locals.push(type);
    return { type, index: this.parameters.length + this.#locals.length - 1 };
  }

  /** Pushes a local. */
  get(local: Local): this {
    return this.#local(0x20, local);
  }

  /** Pops into a local. */
  set(local: Local): this {
    return this.#local(0x21, local);
  }

  /** Copies the top of the stack into a local. */
  tee(local: Local): this {
    return this.#local(0x22, local);
  }

  #local(opcode: number, local: Local): this {
    this.#code.byte(opcode);
    this.#code.unsigned(local.index);
    return this;
  }

  /** Pushes an i32 constant. */
  i32(value: number): this {
    this.#code.byte(0x41);
    this.#code.signed(value);
    return this;
  }

  /** Pushes an f64 constant. */
  f64(value: number): this {
    this.#code.byte(0x44);
    this.#code.append(new Uint8Array(Float64Array.of(value).buffer));
    return this;
  }

  /** Pushes a vector of four equal 32-bit lanes. */
  splat(bits: number): this {
    this.#code.byte(0xfd);
    this.#code.unsigned(0x0c);
    for (let lane = 0; lane < 4; lane++) this.#code.word(bits);
    return this;
  }

  /** Pushes a vector of four 32-bit lanes. */
  lanes(bits: readonly [number, number, number, number]): this {
    this.#code.byte(0xfd);
    this.#code.unsigned(0x0c);
    for (const lane of bits) this.#code.word(lane);
    return this;
  }

  /** Pops two vectors and pushes one: lane `i` of the result is lane `lanes[i]` of their eight. */
  shuffle(lanes: readonly [number, number, number, number]): this {
    this.#code.byte(0xfd);
    this.#code.unsigned(0x0d);
    for (const lane of lanes) for (let byte = 0; byte < 4; byte++) this.#code.byte(lane * 4 + byte);
    return this;
  }

  #opcode(code: number): void {
    const prefix = Math.floor(code / 0x100_0000);
    if (prefix === 0) this.#code.byte(code);
    else {
      this.#code.byte(prefix);
      this.#code.unsigned(code % 0x100_0000);
    }
  }

  /** An instruction without immediates. */
  op(name: PlainOp): this {
    this.#opcode(PLAIN[name]);
    return this;
  }

  /** An instruction with a lane index. */
  lane(name: LaneOp, lane: number): this {
    this.#opcode(LANE[name]);
    this.#code.byte(lane);
    return this;
  }

  /** A memory access at the popped address plus an unsigned offset. */
  memory(name: MemoryOp, offset: number = 0): this {
    const [code, align] = MEMORY[name];
    this.#opcode(code);
    // SIMD accesses only promise the alignment of an element; atomics must state their natural one, which is the same.
    this.#code.unsigned(Math.min(align, 2));
    this.#code.unsigned(offset);
    return this;
  }

  /** A memory access of one lane. */
  memoryLane(name: MemoryLaneOp, lane: number, offset: number = 0): this {
    const [code] = MEMORY_LANE[name];
    this.#opcode(code);
    this.#code.unsigned(2);
    this.#code.unsigned(offset);
    this.#code.byte(lane);
    return this;
  }

  /** Pushes a constant or a local. */
  push(value: Local | number): this {
    return typeof value === "number" ? this.i32(value) : this.get(value);
  }

  /** Adds a constant to an i32 local (no instruction for 0). */
  increment(local: Local, by: number): this {
    return (by | 0) === 0 ? this : this.get(local).i32(by).op("i32.add").set(local);
  }

  /** Multiplies the top of the stack by a constant (no instruction for 1). */
  scale(by: number): this {
    return by === 1 ? this : this.i32(by).op("i32.mul");
  }

  /** A block: a branch to its label exits it. */
  block(body: (exit: Label) => void): this {
    return this.#structure(0x02, body);
  }

  /** A loop: a branch to its label restarts it. */
  loop(body: (again: Label) => void): this {
    return this.#structure(0x03, body);
  }

  /** A loop that counts a local, at least 1, down to 0. */
  countdown(left: Local, body: () => void): this {
    return this.loop((again) => {
      body();
      this.get(left).i32(1).op("i32.sub").tee(left).brIf(again);
    });
  }

  /** A loop that subtracts `step` from a local while it is at least `step`; the remainder stays in the local. */
  takeSteps(left: Local, step: number, body: () => void): this {
    return this.block((exit) => {
      this.get(left).i32(step).op("i32.lt_u").brIf(exit);
      this.loop((again) => {
        body();
        this.get(left).i32(step).op("i32.sub").tee(left).i32(step).op("i32.ge_u").brIf(again);
      });
    });
  }

  #structure(opcode: number, body: (label: Label) => void, type: number = EMPTY_TYPE): this {
    this.#code.byte(opcode);
    this.#code.byte(type);
    body({ depth: ++this.#depth });
    this.#depth--;
    this.#code.byte(0x0b);
    return this;
  }

  /** Runs one of two branches depending on the popped condition; with a result type, both push such a value. */
  if(then: () => void, otherwise?: () => void, result?: ValueType): this {
    return this.#structure(0x04, () => {
      then();
      if (otherwise) {
        this.#code.byte(0x05);
        otherwise();
      }
    }, result ? VALUE_TYPE[result] : EMPTY_TYPE);
  }

  /** Branches. */
  br(label: Label): this {
    this.#code.byte(0x0c);
    this.#code.unsigned(this.#depth - label.depth);
    return this;
  }

  /** Branches if the popped condition is not 0. */
  brIf(label: Label): this {
    this.#code.byte(0x0d);
    this.#code.unsigned(this.#depth - label.depth);
    return this;
  }

  /** Calls a function of the module. */
  call(index: number): this {
    this.#code.byte(0x10);
    this.#code.unsigned(index);
    return this;
  }

  /** Calls the table entry whose index is popped last. */
  callIndirect(type: number): this {
    this.#code.byte(0x11);
    this.#code.unsigned(type);
    this.#code.unsigned(0);
    return this;
  }

  /** Pushes the i64 -1: `wait32` without a timeout. */
  forever(): this {
    this.#code.byte(0x42);
    this.#code.signed(-1);
    return this;
  }

  /** Returns the function body as encoded in the code section. */
  finish(): Uint8Array {
    const body = new Bytes();
    const groups: { type: ValueType; count: number }[] = [];
    for (const type of this.#locals) {
      const last = groups.at(-1);
      if (last?.type === type) last.count++;
      else groups.push({ type, count: 1 });
    }
    body.unsigned(groups.length);
    for (const { type, count } of groups) {
      body.unsigned(count);
      body.byte(VALUE_TYPE[type]);
    }
    body.append(this.#code.finish());
    body.byte(0x0b);
    return body.finish();
  }
}
