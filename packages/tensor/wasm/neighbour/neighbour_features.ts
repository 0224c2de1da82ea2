/**
 * Code generation for `neighbourFeatures`: `F[p, c] = Σ_{e = (m, k) in the list of p} Σ_j W[m, k, j] · H[m, c, j]`,
 * with c over batch and channels. Lanes run along j; the sums of a few c stay in registers over the whole list.
 * @module
 */
import type { NeighbourKernel } from "../../ir/kernel.ts";
import type { Features } from "../module/features.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import {
  chunkSize,
  type KernelCode,
  loadPointers,
  TASK_PARAMETERS,
  taskParameters,
} from "../module/kernel_code.ts";
import { addLanesOfFour, addLanesOfTwo } from "../module/lanes.ts";
import { multiplyAdd } from "../gemm/micro.ts";
import { loadListBounds } from "./segment.ts";

const TILE = 8;
/** Vectors of W held in registers. */
const MAX_HELD = 4;
const TASK_WORK = 1 << 16;

/**
 * Generates code for `neighbourFeatures`.
 *
 * @param kernel Kernel; no axis is empty.
 * @param features Features of the engine.
 */
export function neighbourFeaturesCode(kernel: NeighbourKernel, features: Features): KernelCode {
  const { points, outputs, neighbours, mid } = kernel, width = kernel.batch * kernel.channels;
  const work = outputs * neighbours * width * mid;
  const target = Math.min(TASK_WORK, Math.max(8192, work / 16));
  const pointWork = work / points;
  const pointChunk = Math.min(points, Math.max(1, Math.round(target / pointWork)));
  const bands = pointChunk > 1 ? 1 : Math.max(1, Math.round(pointWork / target));
  const columnChunk = Math.min(width, Math.ceil(width / bands / TILE) * TILE);
  const columnTasks = Math.ceil(width / columnChunk);
  return {
    tasks: Math.ceil(points / pointChunk) * columnTasks,
    scratchBytes: 0,
    work: 2 * work,
    emit: ({ module }) =>
      module.function(TASK_PARAMETERS, (f) => {
        const { args, task } = taskParameters(f);
        const [weights, sums, starts, entries, out] = loadPointers(f, args, 5);
        const point = f.local("i32"), left = f.local("i32"), column = f.local("i32");
        f.get(task).i32(columnTasks).op("i32.div_u").scale(pointChunk).set(point);
        f.get(task).i32(columnTasks).op("i32.rem_u").scale(columnChunk).set(column);
        const count = chunkSize(f, pointChunk < points ? point : undefined, pointChunk, points);
        const columns = chunkSize(f, columnTasks > 1 ? column : undefined, columnChunk, width);
        f.push(count).set(left);
        const list = f.local("i32"), end = f.local("i32"), to = f.local("i32"), rows = f.local("i32");
        const columnsLeft = f.local("i32");
        f.countdown(left, () => {
          loadListBounds(f, starts, entries, point, list, end);
          f.get(out).get(point).scale(4 * width).op("i32.add").get(column).scale(4).op("i32.add").set(to);
          f.get(sums).get(column).scale(4 * mid).op("i32.add").set(rows);
          f.push(columns).set(columnsLeft);
          for (const tile of [TILE, 4, 1]) {
            f.takeSteps(columnsLeft, tile, () => {
              printTile(f, kernel, features, tile, { weights, rows, list, end, to });
              f.increment(to, 4 * tile).increment(rows, 4 * mid * tile);
            });
          }
          f.increment(point, 1);
        });
      }),
  };
}

/** Emits the sums of `tile` consecutive c over a list. */
function printTile(
  f: FunctionBuilder,
  { neighbours, batch, channels, mid }: NeighbourKernel,
  features: Features,
  tile: number,
  { weights, rows, list, end, to }: {
    readonly weights: Local;
    readonly rows: Local;
    readonly list: Local;
    readonly end: Local;
    readonly to: Local;
  },
): void {
  const width = batch * channels;
  const sums = Array.from({ length: tile }, () => f.local("v128"));
  const entry = f.local("i32"), position = f.local("i32"), left = f.local("i32"), right = f.local("i32");
  const vector = f.local("v128");
  for (const sum of sums) f.splat(0).set(sum);
  f.get(list).set(entry);
  f.block((exit) => {
    f.get(entry).get(end).op("i32.eq").brIf(exit);
    f.loop((again) => {
      f.get(entry).memory("i32.load").set(position);
      f.get(weights).get(position).scale(4 * mid).op("i32.add").set(left);
      f.get(rows).get(position).i32(neighbours).op("i32.div_u").scale(4 * width * mid).op("i32.add").set(
        right,
      );
      for (let first = 0; first < mid; first += 4 * MAX_HELD) {
        const held = loadPieces(f, left, first, Math.min(mid, first + 4 * MAX_HELD));
        sums.forEach((sum, i) => {
          for (const { at, load, value } of held) {
            f.get(right).memory(load, 4 * (i * mid + at)).set(vector);
            multiplyAdd(f, features, vector, value, sum);
          }
        });
      }
      f.increment(entry, 4).get(entry).get(end).op("i32.ne").brIf(again);
    });
  });
  storeTotals(f, sums, to);
}

/** Loads part of a row into locals: full vectors, then single elements padded with zeros. */
function loadPieces(
  f: FunctionBuilder,
  pointer: Local,
  from: number,
  to: number,
): { at: number; load: "v128.load" | "v128.load32_zero"; value: Local }[] {
  const pieces: { at: number; load: "v128.load" | "v128.load32_zero"; value: Local }[] = [];
  for (let at = from; at < to;) {
    const whole = to - at >= 4, load = whole ? "v128.load" : "v128.load32_zero";
    const value = f.local("v128");
    f.get(pointer).memory(load, 4 * at).set(value);
    pieces.push({ at, load, value });
    at += whole ? 4 : 1;
  }
  return pieces;
}

/** Adds the lanes of each sum horizontally and stores the totals contiguously. */
function storeTotals(f: FunctionBuilder, sums: readonly Local[], to: Local): void {
  for (let i = 0; i < sums.length; i += 4) {
    const [a, b, c, d] = sums.slice(i, i + 4);
    if (a && b && c && d) f.get(to).get(addLanesOfFour(f, a, b, c, d)).memory("v128.store", 4 * i);
    else {
      sums.slice(i).forEach((sum, j) => {
        f.get(to).get(addLanesOfTwo(f, sum, sum)).memoryLane("v128.store32_lane", 0, 4 * (i + j));
      });
    }
  }
}
