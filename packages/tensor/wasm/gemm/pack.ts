/**
 * Copies a strip of a matrix into a panel `[k][width]`, the layout the inner kernels read: `width` columns of B, or
 * rows of A, contiguous for each k.
 * @module
 */
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import { required } from "../module/required.ts";
import type { SharedFunctions } from "../module/shared_functions.ts";

/** Along which axis a strip is contiguous in memory. */
export type StripLayout = "width" | "depth" | "strided";

/** Layout of a strip from its strides, in elements. */
export function stripLayout(widthStride: number, depthStride: number): StripLayout {
  return widthStride === 1 ? "width" : depthStride === 1 ? "depth" : "strided";
}

/** Bytes between panels: without padding, panels of common depths would map to the same few cache sets. */
const GAP = 64;

/** Stride between panels, in bytes. */
export function panelBytes(width: number, depth: number): number {
  return 4 * width * depth + GAP;
}

/** Parameters of a packing function, in order. */
const PACK_PARAMETERS = ["i32", "i32", "i32", "i32", "i32", "i32"] as const;

/**
 * Returns the function `(source, target, depth, widthStride, depthStride, count)`, which packs `count` rows or columns
 * into consecutive panels of `width`; the last one may be padded with zeros. Strides are in bytes, `depth` and `count`
 * at least 1, `width` is even.
 *
 * @param shared Helper functions of the module.
 * @param width Width of a panel.
 * @param layout Layout of the source.
 * @param pad Whether to pad an incomplete last panel to full width; otherwise it is as wide as its contents.
 * @returns Index of the function.
 */
export function packFunction(
  shared: SharedFunctions,
  width: number,
  layout: StripLayout,
  pad: boolean,
): number {
  return shared.get(`pack ${width} ${layout} ${pad}`, (module) =>
    module.function(PACK_PARAMETERS, (f) => {
      const [source, target, depth, widthStride, depthStride, count] = f.parameters;
      const panels = f.local("i32"), stride = f.local("i32");
      f.get(count).i32(width).op("i32.div_u").set(panels);
      f.get(depth).scale(4 * width).i32(GAP).op("i32.add").set(stride);
      const from = { source, target, depth, widthStride, depthStride };
      if (layout === "width") printLines(f, from, width, panels, stride);
      else countdown(f, panels, () => printPanel(f, from, width, layout, stride));
      const edge = f.local("i32");
      f.get(count).i32(width).op("i32.rem_u").tee(edge).if(() =>
        printEdge(f, from, edge, pad ? width : edge)
      );
    }));
}

interface Strip {
  readonly source: Local;
  readonly target: Local;
  readonly depth: Local;
  readonly widthStride: Local;
  readonly depthStride: Local;
}

/** Emits a loop that counts a local down to 0; no iteration for 0. */
function countdown(f: FunctionBuilder, left: Local, body: () => void): void {
  f.get(left).if(() => f.countdown(left, body));
}

/** Packs the remaining rows or columns, element by element, into a panel of some width. */
function printEdge(f: FunctionBuilder, strip: Strip, live: Local, width: Local | number): void {
  const left = f.local("i32"), line = f.local("i32"), to = f.local("i32");
  f.get(strip.depth).set(left).get(strip.source).set(line).get(strip.target).set(to);
  countdown(f, left, () => printEdgeLine(f, strip, line, to, live, width));
}

/** Packs one line of an edge; advances both pointers to the next. */
function printEdgeLine(
  f: FunctionBuilder,
  { widthStride, depthStride }: Strip,
  line: Local,
  to: Local,
  live: Local | number,
  width: Local | number,
): void {
  const from = f.local("i32"), left = f.local("i32");
  f.get(line).set(from);
  f.push(live).set(left);
  countdown(f, left, () => {
    f.get(to).get(from).memory("i32.load").memory("i32.store");
    f.get(from).get(widthStride).op("i32.add").set(from).increment(to, 4);
  });
  f.push(width).push(live).op("i32.sub").set(left);
  countdown(f, left, () => f.get(to).i32(0).memory("i32.store").increment(to, 4));
  f.get(line).get(depthStride).op("i32.add").set(line);
}

/** Packs a source contiguous along the width: line by line over all panels, so that memory is read in order. */
function printLines(f: FunctionBuilder, strip: Strip, width: number, panels: Local, stride: Local): void {
  const { source, target, depth, depthStride } = strip;
  const lines = f.local("i32"), left = f.local("i32"), from = f.local("i32"), to = f.local("i32");
  const line = f.local("i32"), first = f.local("i32");
  f.get(depth).set(lines).get(source).set(line).get(target).set(first);
  f.get(panels).if(() => {
    countdown(f, lines, () => {
      f.get(line).set(from).get(first).set(to);
      const next = () => f.get(to).get(stride).op("i32.add").set(to);
      f.get(panels).i32(1).op("i32.shr_u").set(left);
      countdown(f, left, () => {
        printLine(f, from, to, width, 0);
        next();
        printLine(f, from, to, width, width);
        next();
        f.increment(from, 8 * width);
      });
      f.get(panels).i32(1).op("i32.and").if(() => printLine(f, from, to, width, 0));
      f.get(line).get(depthStride).op("i32.add").set(line).increment(first, 4 * width);
    });
    f.get(panels).scale(4 * width).get(source).op("i32.add").set(source);
    f.get(panels).get(stride).op("i32.mul").get(target).op("i32.add").set(target);
  });
}

/** Copies `width` contiguous elements, from element `skip` on. */
function printLine(f: FunctionBuilder, from: Local, to: Local, width: number, skip: number): void {
  for (let at = 0; at < width;) {
    f.get(to).get(from);
    const source = 4 * (skip + at), target = 4 * at;
    if (width - at >= 4) {
      f.memory("v128.load", source).memory("v128.store", target);
      at += 4;
    } else {
      f.memory("v128.load64_zero", source).memoryLane("v128.store64_lane", 0, target);
      at += 2;
    }
  }
}

/** Packs one full panel; advances source and target to the next. */
function printPanel(
  f: FunctionBuilder,
  strip: Strip,
  width: number,
  layout: StripLayout,
  stride: Local,
): void {
  const { source, target, depth, widthStride } = strip;
  const line = f.local("i32"), to = f.local("i32"), left = f.local("i32");
  f.get(source).set(line).get(target).set(to);
  if (layout === "depth") {
    f.get(depth).i32(2).op("i32.shr_u").set(left);
    countdown(f, left, () => printTransposed(f, line, to, widthStride, width));
    f.get(depth).i32(3).op("i32.and").set(left);
  } else f.get(depth).set(left);
  countdown(f, left, () => printEdgeLine(f, strip, line, to, width, width));
  f.get(widthStride).scale(width).get(source).op("i32.add").set(source);
  f.get(target).get(stride).op("i32.add").set(target);
}

/**
 * Packs four elements along a contiguous depth: loads a vector of each row or column and stores four transposed lines.
 */
function printTransposed(
  f: FunctionBuilder,
  line: Local,
  to: Local,
  widthStride: Local,
  width: number,
): void {
  const from = f.local("i32");
  f.get(line).set(from);
  for (let at = 0; at < width; at += 4) {
    const lines = Array.from({ length: Math.min(4, width - at) }, () => {
      const vector = f.local("v128");
      f.get(from).memory("v128.load").set(vector);
      f.get(from).get(widthStride).op("i32.add").set(from);
      return vector;
    });
    const a = required(lines[0], "first line of pack"), b = required(lines[1], "second line of pack");
    const [, , c, d] = lines;
    const low = mix(f, a, b, [0, 4, 1, 5]), high = mix(f, a, b, [2, 6, 3, 7]);
    const offset = (k: number) => 4 * (k * width + at);
    if (c && d) {
      const low2 = mix(f, c, d, [0, 4, 1, 5]), high2 = mix(f, c, d, [2, 6, 3, 7]);
      [[low, low2], [high, high2]].forEach((pair, half) => {
        const [left = low, right = low2] = pair;
        f.get(to).get(left).get(right).shuffle([0, 1, 4, 5]).memory("v128.store", offset(2 * half));
        f.get(to).get(left).get(right).shuffle([2, 3, 6, 7]).memory("v128.store", offset(2 * half + 1));
      });
    } else {
      [low, low, high, high].forEach((pair, k) => {
        f.get(to).get(pair).memoryLane("v128.store64_lane", k % 2, offset(k));
      });
    }
  }
  f.increment(line, 16).increment(to, 16 * width);
}

export function mix(
  f: FunctionBuilder,
  a: Local,
  b: Local,
  lanes: readonly [number, number, number, number],
): Local {
  const mixed = f.local("v128");
  f.get(a).get(b).shuffle(lanes).set(mixed);
  return mixed;
}
