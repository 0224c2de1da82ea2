/**
 * The shape of a grid: the box of its points and the number of cells along each axis.
 * @module
 */
import { alongAxes } from "./distance.ts";
import { type Search, SLOT } from "./result.ts";
import {
  declareRecords,
  fieldIndex,
  GRID_SLOT,
  gridBuffers,
  type GridField,
  type GridLayout,
  type LevelLayout,
  totalIndex,
} from "./layout.ts";
import { threadPass } from "./threads.ts";
import { type Pass, Shader } from "../shader/shader.ts";

/**
 * Statements that extend the box of a record by a point. A box is two counters per axis, the largest key and the
 * largest inverted key; keys are integers in the order of the floats, 0 means none. Non-finite coordinates are ignored.
 */
export function widenLines(shader: Shader, layout: GridLayout, record: string, point: string): string[] {
  const { dimension } = layout, counters = shader.atomics(GRID_SLOT.counters);
  const points = shader.reads(SLOT.points), first = shader.param("first_bound", layout.firstBound);
  // Most points are within the box of those before, and a load is cheaper than an atomic maximum.
  shader.declare(`fn raise(at: u32, key: u32) {
  if (key > atomicLoad(&${counters}[at])) { atomicMax(&${counters}[at], key); }
}
fn widen(at: u32, x: f32) {
  let bits = bitcast<u32>(x);
  if ((bits & 0x7f800000u) == 0x7f800000u) { return; }
  let key = select(bits | 0x80000000u, ~bits, (bits >> 31u) == 1u);
  raise(at, ~key);
  raise(at + 1u, key);
}`);
  return [
    `let box = ${first} + ${record} * ${2 * dimension}u;`,
    ...alongAxes(
      dimension,
      (axis) => `widen(box + ${2 * axis}u, ${points}[${point} * ${dimension}u + ${axis}u]);`,
    ),
  ];
}

/**
 * Declares `divide(number, points)`, which fills in the record of a grid, all but its first cell, and returns its
 * number of cells.
 */
function declareDivide(shader: Shader, layout: GridLayout): void {
  const { dimension } = layout;
  const grids = shader.writes(GRID_SLOT.grids), counters = shader.atomics(GRID_SLOT.counters);
  const word = (field: GridField) => `${grids}[${fieldIndex(layout, "record", field)} + axis]`;
  shader.declare(`fn float_of(key: u32) -> f32 {
  return bitcast<f32>(select(~key, key & 0x7fffffffu, (key >> 31u) == 1u));
}
fn divide(number: u32, points: u32) -> u32 {
  let record = record_at(number);
  var extents: array<f32, ${dimension}>;
  var divided: array<bool, ${dimension}>;
  var volume = 0.0;
  var axes = 0u;
  for (var axis = 0u; axis < ${dimension}u; axis++) {
    let box = ${shader.param("first_bound", layout.firstBound)} + number * ${2 * dimension}u + 2u * axis;
    let upper = atomicLoad(&${counters}[box + 1u]);
    let low = select(float_of(~atomicLoad(&${counters}[box])), 0.0, upper == 0u);
    let extent = select(float_of(upper), 0.0, upper == 0u) - low;
    let size = abs(low) + abs(low + extent);
    extents[axis] = extent;
    divided[axis] = extent > 1e-30 && extent < 1e30;
    ${word("low")} = bitcast<u32>(low);
    ${word("slack")} = bitcast<u32>(select(3e38, 2e-6 * size, size < 1e30));
    ${word("width")} = bitcast<u32>(min(extent, 3e38));
    ${word("scale")} = 0u;
    ${word("size")} = 1u;
    if (divided[axis]) {
      volume += log2(extent);
      axes++;
    }
  }
  let wanted = max(1u, points / ${shader.param("per_cell", layout.perCell)});
  var left = wanted;
  var cells = 1u;
  for (; axes > 0u; axes--) {
    var axis = ${dimension}u;
    for (var i = 0u; i < ${dimension}u; i++) {
      if (divided[i] && (axis == ${dimension}u || extents[i] < extents[axis])) { axis = i; }
    }
    let extent = extents[axis];
    let side = exp2((volume - log2(f32(left))) / f32(axes));
    let size = clamp(u32(extent / side + 0.5), 1u, left);
    divided[axis] = false;
    volume -= log2(extent);
    left /= size;
    cells *= size;
    if (size > 1u) {
      ${word("size")} = size;
      ${word("width")} = bitcast<u32>(extent / f32(size));
      ${word("scale")} = bitcast<u32>(f32(size) / extent);
    }
  }
  return cells;
}`);
}

/**
 * The pass that shapes the grids of a level and allocates their cells. A cell whose points coincide gets no grid.
 *
 * With cells of side s, a box of volume V has V / s^n cells. The shortest axis is divided first, by the side for which
 * the rest has the target number of cells; one shorter than a cell is not divided, and the side for the others is that
 * of a box without it. The product never exceeds the target.
 *
 * @param kernel Search.
 * @param layout Memory layout of the grids.
 * @param level Level.
 */
export function printShapes(kernel: Search, layout: GridLayout, level: LevelLayout): Pass {
  const shader = new Shader(gridBuffers(kernel));
  const grids = shader.writes(GRID_SLOT.grids), counters = shader.atomics(GRID_SLOT.counters);
  declareRecords(shader, layout);
  declareDivide(shader, layout);
  const made = totalIndex(shader, layout, level.level, "records");
  return threadPass(shader, level.maxRecords, [
    `if (thread >= atomicLoad(&${counters}[${made}])) { return; }`,
    `let number = ${shader.param("first", level.record)} + thread;`,
    `let parent = 2u * ${grids}[${fieldIndex(layout, "record_at(number)", "parent")}];`,
    `let cells = divide(number, ${grids}[parent + 2u] - ${grids}[parent]);`,
    `if (cells == 1u && number >= ${shader.param("clouds", kernel.clouds)}) {`,
    `  ${grids}[parent + 1u] = 0u;`,
    "  return;",
    "}",
    `let base = atomicAdd(&${counters}[${totalIndex(shader, layout, level.level, "cells")}], cells);`,
    `${grids}[${fieldIndex(layout, "record_at(number)", "base")}] = ${
      shader.param("first_cell", level.firstCell)
    } + base;`,
  ]);
}
