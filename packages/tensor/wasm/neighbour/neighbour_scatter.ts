/**
 * Code generation for `neighbourFeatures` with few points and many columns: a task processes a band of columns, holds
 * the sums of all points for it in its scratch, and reads H once, in order. The list of a point refers to outputs all
 * over H, so iterating over points would read every row of H from main memory once per neighbour.
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
import { addLanesOfTwo } from "../module/lanes.ts";
import { multiplyAdd } from "../gemm/micro.ts";
import { loadListBounds } from "./segment.ts";

/** Bytes of a band's sums, four lanes each: half of an L2 cache. */
const BAND_BYTES = 256 * 1024;
const MIN_BAND = 8;
const MAX_BAND = 32;
/** Elements of H that fit an L2 cache, where there is nothing to gain. */
const NEAR_ELEMENTS = 96 * 1024;
/** Maximum elements of rows of W held in registers. */
const MAX_MID = 16;

function bandOf({ points, batch, channels }: NeighbourKernel): number {
  const width = batch * channels;
  const fitting = Math.min(MAX_BAND, Math.floor(BAND_BYTES / 16 / points), Math.ceil(width / 16));
  return Math.min(width, Math.max(MIN_BAND, Math.floor(fitting / 2) * 2));
}

/** Returns whether {@link neighbourScatterCode} is the best way to run a kernel. */
export function suitsScatter(kernel: NeighbourKernel): boolean {
  const { points, outputs, batch, channels, mid } = kernel, width = batch * channels;
  return mid % 4 === 0 && mid > 0 && mid <= MAX_MID && width % 2 === 0 && width >= 8 * MIN_BAND &&
    outputs * width * mid > NEAR_ELEMENTS && 16 * points * MIN_BAND <= BAND_BYTES;
}

/**
 * Generates code for `neighbourFeatures`, band by band.
 *
 * @param kernel A kernel for which {@link suitsScatter} holds.
 * @param features Features of the engine.
 */
export function neighbourScatterCode(kernel: NeighbourKernel, features: Features): KernelCode {
  const { points, outputs, neighbours, mid } = kernel, width = kernel.batch * kernel.channels;
  const band = bandOf(kernel);
  const targetsBytes = 4 * outputs * neighbours;
  const sumsAt = Math.ceil(targetsBytes / 64) * 64;
  return {
    tasks: Math.ceil(width / band),
    scratchBytes: sumsAt + 16 * points * band,
    work: 2 * outputs * neighbours * width * mid,
    emit: ({ module }) =>
      module.function(TASK_PARAMETERS, (f) => {
        const { args, task, scratch } = taskParameters(f);
        const [weights, rows, starts, entries, out] = loadPointers(f, args, 5);
        const column = f.local("i32"), sums = f.local("i32");
        f.get(task).scale(band).set(column).get(scratch).i32(sumsAt).op("i32.add").set(sums);
        const columns = chunkSize(f, band < width ? column : undefined, band, width);
        startSums(f, kernel, { starts, entries, targets: scratch, sums, band });
        f.get(rows).get(column).scale(4 * mid).op("i32.add").set(rows);
        addProducts(f, kernel, features, { weights, rows, targets: scratch, columns });
        f.get(out).get(column).scale(4).op("i32.add").set(out);
        writeTotals(f, kernel, { sums, out, columns, band });
      }),
  };
}

/** Clears the sums and inverts the lists: for each table entry, stores the address of its point's sums. */
function startSums(
  f: FunctionBuilder,
  { points }: NeighbourKernel,
  { starts, entries, targets, sums, band }: {
    readonly starts: Local;
    readonly entries: Local;
    readonly targets: Local;
    readonly sums: Local;
    readonly band: number;
  },
): void {
  const point = f.local("i32"), row = f.local("i32"), entry = f.local("i32"), end = f.local("i32");
  const left = f.local("i32"), at = f.local("i32");
  f.get(sums).set(row);
  f.loop((again) => {
    loadListBounds(f, starts, entries, point, entry, end);
    f.block((exit) =>
      f.loop((more) => {
        f.get(entry).get(end).op("i32.eq").brIf(exit);
        f.get(targets).get(entry).memory("i32.load").scale(4).op("i32.add").get(row).memory("i32.store");
        f.increment(entry, 4).br(more);
      })
    );
    f.get(row).set(at).i32(band).set(left);
    f.countdown(left, () => {
      f.get(at).splat(0).memory("v128.store").increment(at, 16);
    });
    f.increment(row, 16 * band).increment(point, 1).get(point).i32(points).op("i32.ne").brIf(again);
  });
}

/** Adds `W[m, k, j] · H[m, c, j]` to the sums of point `table[m, k]`, four j and two c at a time. */
function addProducts(
  f: FunctionBuilder,
  { outputs, neighbours, batch, channels, mid }: NeighbourKernel,
  features: Features,
  { weights, rows, targets, columns }: {
    readonly weights: Local;
    readonly rows: Local;
    readonly targets: Local;
    readonly columns: Local | number;
  },
): void {
  const output = f.local("i32"), pairs = f.local("i32"), left = f.local("i32"), offset = f.local("i32");
  const from = f.local("i32"), target = f.local("i32"), weight = f.local("i32"), sum = f.local("i32");
  const held = Array.from({ length: mid / 2 }, () => f.local("v128")), half = mid / 4;
  const sums = [f.local("v128"), f.local("v128")], vector = f.local("v128");
  f.i32(outputs).set(output);
  f.countdown(output, () => {
    f.get(rows).set(from).i32(0).set(offset);
    f.push(columns).i32(1).op("i32.shr_u").set(pairs);
    f.countdown(pairs, () => {
      held.forEach((one, i) => f.get(from).memory("v128.load", 16 * i).set(one));
      f.get(targets).set(target).get(weights).set(weight).i32(neighbours).set(left);
      f.countdown(left, () => {
        f.get(target).memory("i32.load").get(offset).op("i32.add").set(sum);
        sums.forEach((one, i) => f.get(sum).memory("v128.load", 16 * i).set(one));
        for (let j = 0; j < half; j++) {
          f.get(weight).memory("v128.load", 16 * j).set(vector);
          sums.forEach((one, i) => {
            const value = held[i * half + j];
            if (value) multiplyAdd(f, features, value, vector, one);
          });
        }
        sums.forEach((one, i) => f.get(sum).get(one).memory("v128.store", 16 * i));
        f.increment(target, 4).increment(weight, 4 * mid);
      });
      f.increment(from, 8 * mid).increment(offset, 32);
    });
    f.increment(rows, 4 * batch * channels * mid).increment(weights, 4 * neighbours * mid);
    f.increment(targets, 4 * neighbours);
  });
}

/** Adds the lanes of all sums horizontally and stores them. */
function writeTotals(
  f: FunctionBuilder,
  { points, batch, channels }: NeighbourKernel,
  { sums, out, columns, band }: {
    readonly sums: Local;
    readonly out: Local;
    readonly columns: Local | number;
    readonly band: number;
  },
): void {
  const point = f.local("i32"), left = f.local("i32"), from = f.local("i32"), to = f.local("i32");
  const first = f.local("v128"), second = f.local("v128");
  f.i32(points).set(point);
  f.countdown(point, () => {
    f.get(sums).set(from).get(out).set(to);
    f.push(columns).i32(1).op("i32.shr_u").set(left);
    f.countdown(left, () => {
      f.get(from).memory("v128.load").set(first).get(from).memory("v128.load", 16).set(second);
      const totals = addLanesOfTwo(f, first, second);
      f.get(to).get(totals).memoryLane("v128.store64_lane", 0);
      f.increment(from, 32).increment(to, 8);
    });
    f.increment(sums, 16 * band).increment(out, 4 * batch * channels);
  });
}
