/**
 * Emits expressions of the kernel IR as WGSL statements.
 *
 * A {@link Block} is a sequence of statements in which some axes have values. A nested block (the body of a loop) adds
 * axes; expressions that do not depend on them are hoisted to the enclosing block.
 *
 * @module
 */
import type { DType } from "../../ir/dtype.ts";
import type { Affine, Guard, Load, Scalar, ScalarOp, Store } from "../../ir/kernel.ts";
import type { Shader } from "./shader.ts";
import { operands, topological } from "../../ir/rewrite.ts";
import { affinesOf } from "./walk.ts";

/** An axis with a value in a block: the name of the value, and the kernel's axis whose strides apply to it. */
export interface NamedAxis {
  readonly name: string;
  readonly from: number;
}

type Printer = (dtype: DType, args: readonly string[], from: DType) => string;

const infix = (symbol: string): Printer => (_, [a, b]) => `${a} ${symbol} ${b}`;
const call = (name: string): Printer => (_, args) => `${name}(${args.join(", ")})`;

/** A shift by 32 or more is an error in constant expressions, so the amount is always masked. */
const shift = (symbol: string): Printer => (dtype, [a, b]) =>
  dtype === "i32" ? `${a} ${symbol} (u32(${b}) & 31u)` : `${a} ${symbol} (${b} & 31u)`;

function convert(shader: Shader, to: DType, value: string, from: DType): string {
  if (to === from) return value;
  // NaN is true, and a shader compiler may assume that there is none
  if (to === "bool" && from === "f32") return `(bitcast<u32>(${value}) & 0x7fffffffu) != 0u`;
  if (to === "bool") return `${value} != ${from}(0)`;
  if (from === "f32" && to === "i32") return `${shader.helper("to_i32")}(${value})`;
  if (from === "f32" && to === "u32") return `${shader.helper("to_u32")}(${value})`;
  return `${to}(${value})`;
}

const PRINTERS: Readonly<Record<Exclude<ScalarOp, "convert">, Printer>> = {
  add: infix("+"),
  sub: infix("-"),
  mul: infix("*"),
  div: infix("/"),
  min: call("min"),
  max: call("max"),
  neg: (_, [a]) => `-(${a})`,
  abs: call("abs"),
  sqrt: call("sqrt"),
  floor: call("floor"),
  ceil: call("ceil"),
  round: call("round"),
  trunc: call("trunc"),
  lt: infix("<"),
  le: infix("<="),
  eq: infix("=="),
  ne: infix("!="),
  and: infix("&"),
  or: infix("|"),
  xor: infix("^"),
  shl: shift("<<"),
  shr: shift(">>"),
  not: (_, [a]) => `!${a}`,
  select: (_, [condition, ifTrue, ifFalse]) => `select(${ifFalse}, ${ifTrue}, ${condition})`,
  bitcast: (dtype, [a]) => `bitcast<${dtype}>(${a})`,
};

/** A literal; infinities and NaN, which WGSL cannot express, are read from the uniform block. */
export function literal(shader: Shader, dtype: DType, value: number): string {
  if (dtype === "bool") return value === 0 ? "false" : "true";
  if (dtype === "u32") return `${value >>> 0}u`;
  if (dtype === "i32") return `i32(${value | 0})`;
  const rounded = Math.fround(value);
  if (Object.is(rounded, -0)) return "-0.0f";
  if (Number.isFinite(rounded)) return rounded < 0 ? `(${rounded}f)` : `${rounded}f`;
  const bits = new Uint32Array(Float32Array.of(rounded).buffer)[0] ?? 0;
  return `bitcast<f32>(${shader.param("bits", bits)})`;
}

/** Statements under construction. */
export class Block {
  readonly lines: string[] = [];
  readonly #shader: Shader;
  readonly #axes: readonly NamedAxis[];
  readonly #accumulators: readonly string[];
  readonly #outside: Block | undefined;
  readonly #values = new Map<Scalar, string>();
  readonly #addresses = new Map<string, string>();
  readonly #varies = new Map<Scalar, boolean>();

  private constructor(
    shader: Shader,
    axes: readonly NamedAxis[],
    accumulators: readonly string[],
    outside: Block | undefined,
  ) {
    this.#shader = shader;
    this.#axes = axes;
    this.#accumulators = accumulators;
    this.#outside = outside;
  }

  /** Creates the outermost block. */
  static root(shader: Shader, axes: readonly NamedAxis[], accumulators: readonly string[] = []): Block {
    return new Block(shader, axes, accumulators, undefined);
  }

  /** Creates a nested block with additional axes and accumulators; loop-invariant values are emitted in this one. */
  loop(axes: readonly NamedAxis[], accumulators: readonly string[] = []): Block {
    return new Block(this.#shader, axes, accumulators, this);
  }

  /** Creates a block after the loops in this one, in which the accumulators have values. */
  after(accumulators: readonly string[]): Block {
    return new Block(this.#shader, [], accumulators, this);
  }

  /** Emits the statements of an expression and returns the name of its value. */
  value(root: Scalar): string {
    const outside = this.#hoists();
    for (const node of topological([root], (scalar) => this.#known(scalar) !== undefined)) {
      if (outside && !this.#variesHere(node)) outside.value(node);
      else this.#values.set(node, this.#print(node));
    }
    return this.#known(root)!;
  }

  /** Returns an affine function as a u32 expression. */
  address(affine: Affine): string {
    const known = this.#knownAddress(affine);
    if (known !== undefined) return known;
    const outside = this.#hoists();
    const axes = (outside ? this.#axes : this.#chain()).filter(({ from }) => affine.strides[from]);
    if (outside && axes.length === 0) return outside.address(affine);
    const constant = affine.offset === 0 ? [] : [this.#shader.param("offset", affine.offset)];
    const terms = axes.map(({ name, from }) => this.#times(affine.strides[from] ?? 0, name));
    const text = this.#sum([...(outside ? [outside.address(affine)] : constant), ...terms]);
    this.#addresses.set(this.#key(affine), text);
    return text;
  }

  /** Emits the stores of a point: all values first, since a buffer may be read and written in place. */
  stores(stores: readonly Store[], extra?: string): void {
    const values = stores.map(({ value }) => this.value(value));
    stores.forEach(({ buffer, address, value }, i) => {
      const index = extra ? `${this.address(address)} + ${extra}` : this.address(address);
      const stored = value.dtype === "bool" ? `u32(${values[i]})` : values[i];
      this.lines.push(`${this.#shader.writes(buffer)}[${index}] = ${stored};`);
    });
  }

  /** Assigns an expression to a new name. */
  bind(text: string): string {
    const name = this.#shader.name();
    this.lines.push(`let ${name} = ${text};`);
    return name;
  }

  /** The block that loop-invariant values are hoisted to; a block without axes of its own does not hoist. */
  #hoists(): Block | undefined {
    return this.#axes.length > 0 ? this.#outside : undefined;
  }

  #known(scalar: Scalar): string | undefined {
    const known = this.#values.get(scalar);
    return known === undefined && this.#outside ? this.#outside.#known(scalar) : known;
  }

  /** Returns whether a node depends on an axis or an accumulator of this block. */
  #variesHere(root: Scalar): boolean {
    for (const node of topological([root], (scalar) => this.#varies.has(scalar))) {
      const itself = node.op === "accumulator" ||
        affinesOf(node).some(({ strides }) => this.#axes.some(({ from }) => strides[from]));
      this.#varies.set(node, itself || operands(node).some((operand) => this.#varies.get(operand)));
    }
    return this.#varies.get(root)!;
  }

  #print(node: Scalar): string {
    switch (node.op) {
      case "const":
        return literal(this.#shader, node.dtype, node.value);
      case "affine":
        return this.bind(`i32(${this.address(node.affine)})`);
      case "load":
        return this.#load(node);
      case "accumulator":
        return this.#accumulators[node.index]!;
    }
    // WGSL evaluates operations on constants at compile time and rejects overflow there; names are not constants.
    const folded = node.args.every(({ op }) => op === "const");
    const args = node.args.map((arg) => folded ? this.bind(this.#known(arg)!) : this.#known(arg)!);
    const from = node.args[0]?.dtype ?? node.dtype;
    if (node.op === "convert") return this.bind(convert(this.#shader, node.dtype, args[0]!, from));
    return this.bind(PRINTERS[node.op](node.dtype, args, from));
  }

  #load({ buffer, dtype, address, guards }: Load): string {
    const lookups = address.indirect.map(({ stride, index }) => {
      const value = index.dtype === "u32" ? this.#known(index)! : `u32(${this.#known(index)})`;
      return this.#times(stride, value);
    });
    const index = [this.address(address), ...lookups].join(" + ");
    const element = this.#shader.element(buffer, index);
    const value = dtype === "bool" ? `${element} != 0u` : element;
    if (guards.length === 0) return this.bind(value);
    const name = this.#shader.name();
    const inside = guards.map((guard) => this.#guard(guard)).join(" && ");
    this.lines.push(`var ${name} = ${dtype}(0);`, `if (${inside}) { ${name} = ${value}; }`);
    return name;
  }

  /** Negative indices wrap to large ones, so one comparison tests both ends. */
  #guard(guard: Guard): string {
    return `(${this.address(guard)} < ${this.#shader.param("size", guard.size)})`;
  }

  #times(stride: number, value: string): string {
    return stride === 1 ? value : `${value} * ${this.#shader.param("stride", stride)}`;
  }

  #sum(terms: readonly string[]): string {
    const shown = terms.filter((term) => term !== "0u");
    if (shown.length === 0) return "0u";
    return shown.length === 1 && /^\w+$/.test(shown[0]!) ? shown[0]! : this.bind(shown.join(" + "));
  }

  #key(affine: Affine): string {
    const strides = this.#chain().map(({ from }) => affine.strides[from] ?? 0);
    return `${affine.offset}:${strides.join(",")}`;
  }

  #chain(): readonly NamedAxis[] {
    return this.#outside ? [...this.#outside.#chain(), ...this.#axes] : this.#axes;
  }

  #knownAddress(affine: Affine): string | undefined {
    const known = this.#addresses.get(this.#key(affine));
    // The key of the enclosing block omits the strides of this block's axes.
    const same = this.#axes.every(({ from }) => !affine.strides[from]);
    return known === undefined && same && this.#outside ? this.#outside.#knownAddress(affine) : known;
  }
}
