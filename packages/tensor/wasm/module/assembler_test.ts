/** @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ModuleBuilder } from "./assembler.ts";
import { Bytes } from "./bytes.ts";
import { probeFeatures } from "./features.ts";
import type { FunctionBuilder } from "./function_builder.ts";
import { LANE, type LaneOp, MEMORY, type MemoryOp, PLAIN, type PlainOp } from "./opcodes.ts";

type Exports = Record<string, (...args: number[]) => number>;

function instantiate(module: ModuleBuilder, memory?: WebAssembly.Memory): Exports {
  const imports = memory ? { env: { memory } } : {};
  return new WebAssembly.Instance(new WebAssembly.Module(module.finish()), imports).exports as Exports;
}

Deno.test("Bytes encodes LEB128 integers", () => {
  const bytes = new Bytes();
  for (const value of [0, 127, 128, 624485, 0xffffffff]) bytes.unsigned(value);
  for (const value of [0, -1, 63, 64, -64, -65, -123456, 0x7fffffff, -0x80000000]) bytes.signed(value);
  const unsigned = [0, 127, 0x80, 1, 0xe5, 0x8e, 0x26, 0xff, 0xff, 0xff, 0xff, 0x0f];
  const signed = [0, 0x7f, 0x3f, 0xc0, 0, 0x40, 0xbf, 0x7f, 0xc0, 0xbb, 0x78];
  const extremes = [0xff, 0xff, 0xff, 0xff, 7, 0x80, 0x80, 0x80, 0x80, 0x78];
  assertEquals([...bytes.finish()], [...unsigned, ...signed, ...extremes]);
});

Deno.test("ModuleBuilder builds functions with loops, branches and calls", () => {
  const module = new ModuleBuilder();
  const square = module.function(["i32"], (f) => {
    const [x] = f.parameters;
    f.get(x).get(x).op("i32.mul");
  }, { results: ["i32"] });
  module.function(["i32"], (f) => {
    const [n] = f.parameters, sum = f.local("i32");
    f.block((exit) => {
      f.get(n).op("i32.eqz").brIf(exit);
      f.countdown(n, () => f.get(sum).get(n).call(square).op("i32.add").set(sum));
    });
    f.get(sum);
  }, { export: "squares", results: ["i32"] });
  const { squares } = instantiate(module);
  assertEquals([0, 1, 3, 10].map((n) => squares?.(n)), [0, 1, 14, 385]);
});

Deno.test("ModuleBuilder calls functions through its table and accesses imported memory", () => {
  const module = new ModuleBuilder({ shared: false, maximum: 4 });
  const store = (value: number) =>
    module.function(["i32"], (f) => {
      const [at] = f.parameters;
      if (at) f.get(at).i32(value).memory("i32.store", 8);
    });
  module.table([store(11), store(22)]);
  module.function(["i32", "i32"], (f) => {
    const [at, which] = f.parameters;
    if (at && which) f.get(at).get(which).callIndirect(module.type(["i32"]));
  }, { export: "run" });
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 4 });
  const { run } = instantiate(module, memory);
  run?.(16, 1);
  run?.(32, 0);
  const words = new Int32Array(memory.buffer);
  assertEquals([words[6], words[10]], [22, 11]);
});

Deno.test("ModuleBuilder imports functions, and declares mutually recursive functions", () => {
  const module = new ModuleBuilder(undefined, [{ name: "pow", parameters: 2 }]);
  const odd = module.declare(["i32"], ["i32"]), even = module.declare(["i32"], ["i32"]);
  /** `n = 0 ? atZero : other(n - 1)` */
  const parity = (index: number, atZero: number, other: number) =>
    module.define(index, ["i32"], (f) => {
      const [n] = f.parameters;
      f.get(n).op("i32.eqz").if(() => f.i32(atZero), () => f.get(n).i32(1).op("i32.sub").call(other), "i32");
    });
  parity(odd, 0, even);
  parity(even, 1, odd);
  module.function(["f64", "i32"], (f) => {
    const [x, n] = f.parameters;
    if (x && n) {
      f.get(x).f64(0.5).call(module.imported("pow")).get(n).call(odd).op("f64.convert_i32_s").op("f64.add");
    }
  }, { export: "run", results: ["f64"] });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), {
    env: { pow: Math.pow },
  });
  const { run } = instance.exports as Exports;
  assertEquals([run?.(2, 7), run?.(9, 4)], [Math.pow(2, 0.5) + 1, 3]);
  assertThrows(() => module.imported("sin"), Error, "sin");
  assertThrows(() => module.define(odd, ["i32"], () => {}), Error, "already has a body");
});

Deno.test("every SIMD instruction of the tables is valid in the engine", () => {
  const { relaxed } = probeFeatures();
  const binary = new Set<string>([
    "add",
    "sub",
    "mul",
    "div",
    "min",
    "max",
    "pmin",
    "pmax",
    "and",
    "or",
    "xor",
    "eq",
    "ne",
    "lt",
    "gt",
    "le",
  ]);
  for (const name of Object.keys(PLAIN) as PlainOp[]) {
    if (!/^(i32x4|f32x4|f64x2|v128)\./.test(name) || (name.includes("relaxed") && !relaxed)) continue;
    const operation = (name.split(".")[1] ?? "").replace(/_[su]$/, "");
    const module = new ModuleBuilder();
    module.function([], (f) => {
      if (name === "f32x4.splat") f.f64(1).op("f32.demote_f64");
      else if (name.endsWith("splat")) f.i32(1);
      else if (["shl", "shr"].includes(operation)) f.splat(1).i32(1);
      else {
        const three = operation === "bitselect" || operation.startsWith("relaxed");
        for (let i = 0; i < (three ? 3 : binary.has(operation) ? 2 : 1); i++) f.splat(1);
      }
      f.op(name).op("drop");
    });
    assert(WebAssembly.validate(module.finish()), name);
  }
});

/** Pushes a number of the type that the name begins with, f32 or f64. */
function pushFloat(f: FunctionBuilder, name: string): void {
  f.f64(1);
  if (name.startsWith("f32")) f.op("f32.demote_f64");
}

Deno.test("every memory and lane instruction of the tables is valid in the engine", () => {
  for (const name of Object.keys(MEMORY) as MemoryOp[]) {
    const module = new ModuleBuilder({ shared: true, maximum: 1 });
    const stores = /store|rmw|notify|wait/.test(name), results = !/store/.test(name);
    module.function([], (f) => {
      f.i32(0);
      if (name === "v128.store") f.splat(0);
      else if (/^f(32|64)\.store/.test(name)) pushFloat(f, name);
      else if (stores) f.i32(0);
      if (name.includes("wait32")) f.forever();
      f.memory(name);
      if (results) f.op("drop");
    });
    assert(WebAssembly.validate(module.finish()), name);
  }
  for (const name of Object.keys(LANE) as LaneOp[]) {
    const module = new ModuleBuilder();
    module.function([], (f) => {
      f.splat(0);
      if (name === "i32x4.replace_lane") f.i32(7);
      if (name === "f32x4.replace_lane") pushFloat(f, name);
      f.lane(name, 3).op("drop");
    });
    assert(WebAssembly.validate(module.finish()), name);
  }
});
