/**
 * Copies a strip of a matrix into a panel `[k][width]`, as the inner kernels read it: `width` columns of B, or rows
 * of A, side by side for each k.
 * @module
 */
import type { FunctionBuilder, Local } from "./function_builder.ts";
import type { SharedFunctions } from "./shared_functions.ts";

/** Which neighbours in a strip are neighbours in memory. */
export type StripLayout = "width" | "depth" | "strided";

/** Layout of a strip from its strides, in elements. */
export function stripLayout(widthStride: number, depthStride: number): StripLayout {
  return widthStride === 1 ? "width" : depthStride === 1 ? "depth" : "strided";
}

/** Parameters of a packing function, in order. */
export const PACK_PARAMETERS = ["i32", "i32", "i32", "i32", "i32", "i32"] as const;

/**
 * The packing function `(source, target, depth, widthStride, depthStride, live)`; strides in bytes, `depth` at least
 * 1. Only the first `live` of the `width` places hold data, the others get 0.
 *
 * @param shared Functions of the module.
 * @param width Width of the panel.
 * @param layout Layout of the source.
 * @returns Number of the function.
 */
export function packFunction(shared: SharedFunctions, width: number, layout: StripLayout): number {
  return shared.get(`pack ${width} ${layout}`, (module) =>
    module.function(PACK_PARAMETERS, (f) => {
      const [source, target, depth, widthStride, depthStride, live] = f.parameters;
      if (!source || !target || !depth || !widthStride || !depthStride || !live) return;
      f.get(live).i32(width).op("i32.ne").if(() => {
        printSlow(f, source, target, depth, widthStride, depthStride, live, width);
        f.op("return");
      });
      if (layout === "width") printCopy(f, source, target, depth, depthStride, width);
      else {
        if (layout === "depth") printTransposed(f, source, target, depth, widthStride, width);
        printSlow(f, source, target, depth, widthStride, depthStride, live, width);
      }
    }));
}

/** Writes a loop that runs as often as a local says, which it uses up; not at all for 0. */
function countdown(f: FunctionBuilder, left: Local, body: () => void): void {
  f.get(left).if(() =>
    f.loop((again) => {
      body();
      f.get(left).i32(1).op("i32.sub").tee(left).brIf(again);
    })
  );
}

/** Element by element. */
function printSlow(
  f: FunctionBuilder,
  source: Local,
  target: Local,
  depth: Local,
  widthStride: Local,
  depthStride: Local,
  live: Local,
  width: number,
): void {
  const from = f.local("i32"), to = f.local("i32"), left = f.local("i32");
  countdown(f, depth, () => {
    f.get(source).set(from).get(target).set(to).get(live).set(left);
    countdown(f, left, () => {
      f.get(to).get(from).memory("i32.load").memory("i32.store");
      f.get(from).get(widthStride).op("i32.add").set(from).increment(to, 4);
    });
    f.i32(width).get(live).op("i32.sub").set(left);
    countdown(f, left, () => {
      f.get(to).i32(0).memory("i32.store");
      f.increment(to, 4);
    });
    f.get(source).get(depthStride).op("i32.add").set(source).increment(target, 4 * width);
  });
}

/** Lines of `width` contiguous numbers. */
function printCopy(
  f: FunctionBuilder,
  source: Local,
  target: Local,
  depth: Local,
  depthStride: Local,
  width: number,
): void {
  countdown(f, depth, () => {
    for (let at = 0; at < width;) {
      f.get(target).get(source);
      if (width - at >= 4) {
        f.memory("v128.load", 4 * at).memory("v128.store", 4 * at);
        at += 4;
      } else if (width - at >= 2) {
        f.memory("v128.load64_zero", 4 * at).memoryLane("v128.store64_lane", 0, 4 * at);
        at += 2;
      } else {
        f.memory("i32.load", 4 * at).memory("i32.store", 4 * at);
        at += 1;
      }
    }
    f.get(source).get(depthStride).op("i32.add").set(source).increment(target, 4 * width);
  });
}

/** Four k at a time: a line of each place is read, and four lines across are written. Leaves the last k % 4. */
function printTransposed(
  f: FunctionBuilder,
  source: Local,
  target: Local,
  depth: Local,
  widthStride: Local,
  width: number,
): void {
  const groups = f.local("i32"), from = f.local("i32");
  f.get(depth).i32(2).op("i32.shr_u").set(groups);
  f.get(depth).i32(3).op("i32.and").set(depth);
  countdown(f, groups, () => {
    f.get(source).set(from);
    for (let at = 0; at < width; at += 4) {
      const lines = Array.from({ length: Math.min(4, width - at) }, () => {
        const line = f.local("v128");
        f.get(from).memory("v128.load").set(line);
        f.get(from).get(widthStride).op("i32.add").set(from);
        return line;
      });
      printTranspose(f, lines, (k, push) => {
        f.get(target);
        push();
        const offset = 4 * (k * width + at);
        if (lines.length === 4) f.memory("v128.store", offset);
        else if (lines.length === 1) f.memoryLane("v128.store32_lane", 0, offset);
        else f.memoryLane("v128.store64_lane", 0, offset);
        if (lines.length === 3) {
          f.get(target);
          push();
          f.memoryLane("v128.store32_lane", 2, offset + 8);
        }
      });
    }
    f.increment(source, 16).increment(target, 16 * width);
  });
}

/** Transposes up to four vectors: `store(k, push)` gets lane k of each of them side by side. */
function printTranspose(
  f: FunctionBuilder,
  lines: readonly Local[],
  store: (k: number, push: () => void) => void,
): void {
  const line = (i: number): Local => {
    const found = lines[Math.min(i, lines.length - 1)];
    if (!found) throw new Error("nothing to transpose");
    return found;
  };
  const mix = (a: Local, b: Local, lanes: readonly [number, number, number, number]) => {
    const mixed = f.local("v128");
    f.get(a).get(b).shuffle(lanes).set(mixed);
    return mixed;
  };
  const low01 = mix(line(0), line(1), [0, 4, 1, 5]), high01 = mix(line(0), line(1), [2, 6, 3, 7]);
  const low23 = mix(line(2), line(3), [0, 4, 1, 5]), high23 = mix(line(2), line(3), [2, 6, 3, 7]);
  store(0, () => f.get(low01).get(low23).shuffle([0, 1, 4, 5]));
  store(1, () => f.get(low01).get(low23).shuffle([2, 3, 6, 7]));
  store(2, () => f.get(high01).get(high23).shuffle([0, 1, 4, 5]));
  store(3, () => f.get(high01).get(high23).shuffle([2, 3, 6, 7]));
}
