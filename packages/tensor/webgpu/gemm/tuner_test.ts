import { assert, assertEquals } from "@std/assert";
import type { GemmKernel, Program } from "../../ir/kernel.ts";
import { openWebGPU } from "../runtime/device.ts";
import { planGemm, splitsOf, type Tile, tileName, TILES } from "./gemm_tile.ts";
import {
  checkProgram,
  deviceTest,
  ir,
  isHardware,
  noise,
  programOf,
  rowMajor,
} from "../runtime/harness_test.ts";
import { classOf } from "./product_class.ts";
import { Tuner, type TuningStore } from "./tuner.ts";

const { accumulator, store, buffers } = ir;

function product(m: number, n: number, k: number, transposed = false): GemmKernel {
  const [row, column] = transposed ? [1, m] : [k, 1];
  return {
    kind: "gemm",
    name: "matmul",
    buffers: buffers("f32:r f32:r f32:w"),
    batch: [],
    m,
    n,
    k,
    a: { buffer: 0, offset: 0, batch: [], row, column },
    b: { buffer: 1, offset: 0, batch: [], row: n, column: 1 },
    stores: [store(2, rowMajor([m, n]), accumulator())],
  };
}

const stepsOf = (...kernels: GemmKernel[]): Program => ({
  buffers: [],
  steps: kernels.map((kernel) => ({ kernel, args: [0, 1, 2] })),
});

/** An in-memory store. */
class MemoryStore implements TuningStore {
  readonly items = new Map<string, string>();
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.items.set(key, value);
}

/** A tuner whose measurements favour the last tile, and a list of the products it measured. */
function tunerOf(store: TuningStore | undefined, tiles: readonly Tile[] = TILES) {
  const measured: string[] = [];
  const tuner = new Tuner({
    key: "adapter",
    tiles,
    store,
    measure: (kernel, tiles) => {
      measured.push(`${kernel.m} ${kernel.n} ${kernel.k}`);
      return Promise.resolve(tiles.map((_, i) => -i));
    },
  });
  return { tuner, measured };
}

Deno.test("classOf() groups products of similar size and layout, and separates others", () => {
  const name = (...args: Parameters<typeof product>) => classOf(product(...args)).name;
  assertEquals(name(100, 60, 500), name(120, 64, 400));
  assert(name(100, 60, 500) !== name(100, 60, 500, true), "transposed");
  assert(name(100, 60, 500) !== name(100, 61, 500), "not in vectors");
  assert(name(100, 60, 500) !== name(100, 60, 100), "shorter");
  assertEquals(name(1e6, 64, 64), name(2e6, 64, 64));
});

Deno.test("learn() measures each class once, stores the fastest tile, and plan() uses it with the shape's splits", async () => {
  const memory = new MemoryStore(), { tuner, measured } = tunerOf(memory);
  const [small, large] = [product(40, 40, 3000), product(500, 500, 500)];
  assertEquals(tuner.plan(large), planGemm(large));
  await tuner.learn(stepsOf(small, large, product(42, 44, 2800)));
  await tuner.learn(stepsOf(large));
  assertEquals(measured, ["512 512 512", "64 64 1024"]);
  assertEquals(tuner.plan(small), { tile: TILES.at(-1)!, splits: splitsOf(small) });
  assertEquals(tuner.plan(product(3, 40, 40)), "loop");

  const next = tunerOf(memory);
  await next.tuner.learn(stepsOf(small, large));
  assertEquals(next.measured, []);
  assertEquals(next.tuner.plan(large), tuner.plan(large));
});

Deno.test("learn() measures nothing without a store, and ignores invalid contents of a store", async () => {
  const without = tunerOf(undefined), large = product(500, 500, 500);
  await without.tuner.learn(stepsOf(large));
  assertEquals(without.measured, []);
  const unknown = JSON.stringify({ [classOf(large).name]: "9x9" });
  for (const text of ["no JSON", "null", "[1]", unknown]) {
    const memory = new MemoryStore();
    memory.setItem("adapter", text);
    const { tuner, measured } = tunerOf(memory);
    await tuner.learn(stepsOf(large));
    assertEquals(measured.length, 1, text);
  }
});

Deno.test("learn() tolerates a failing store and a lack of memory", async () => {
  const failing = { getItem: () => null, setItem: () => Promise.reject(new Error("full")) };
  const { tuner } = tunerOf(failing), large = product(500, 500, 500);
  await tuner.learn(stepsOf(large));
  assertEquals(tuner.plan(large), { tile: TILES.at(-1)!, splits: 1 });
  const full = new Tuner({
    key: "adapter",
    tiles: TILES,
    store: new MemoryStore(),
    measure: () => Promise.reject(new RangeError("no room")),
  });
  await full.learn(stepsOf(large));
  assertEquals(full.plan(large), planGemm(large));
});

deviceTest(
  "a device measures products on request, stores the tile, and computes the same results",
  async () => {
    const memory = new MemoryStore();
    const device = await openWebGPU({ tuning: memory, tuneSoftware: true });
    const kernel = product(20, 24, 30);
    const data = [noise(600), noise(720, 2), new Float32Array(480)];
    await checkProgram(device, programOf(kernel, data), data, "measured product");
    assertEquals([device.liveBuffers, device.liveBytes], [0, 0]);
    await device.close();
    const [[key, text] = ["", ""]] = memory.items;
    assert(key.startsWith("webgpu products 1: "), key);
    const tile: string = JSON.parse(text)[classOf(kernel).name];
    assert(TILES.some((known) => tileName(known) === tile), text);
  },
);

deviceTest("a software adapter is not measured unless requested", async () => {
  const memory = new MemoryStore();
  const device = await openWebGPU({ tuning: memory });
  const data = [noise(600), noise(720, 2), new Float32Array(480)];
  await checkProgram(device, programOf(product(20, 24, 30), data), data, "product");
  await device.close();
  assertEquals(memory.items.size, 0);
}, { ignore: isHardware });
