/**
 * Builds grid hashes level by level: boxes of the points, shapes of the grids, and a counting sort by cell. The order
 * of the points within a cell depends on thread timing; results do not, since a search orders what it finds.
 *
 * @module
 */
import { alongAxes } from "./distance.ts";
import { declareCloudOf, type Search, SLOT } from "./result.ts";
import {
  declareRecords,
  fieldIndex,
  GRID_SLOT,
  gridBuffers,
  type GridLayout,
  layoutLevel,
  type LevelLayout,
  LEVELS,
  totalIndex,
} from "./layout.ts";
import { declareScan, SCAN_TOTAL } from "./scan.ts";
import { printShapes, widenLines } from "./shape.ts";
import { threadPass } from "./threads.ts";
import { type Pass, Shader, WORKGROUP } from "../shader/shader.ts";
import { indent } from "../shader/unravel.ts";

/** Clears the counters, and initialises each cloud as a cell with a grid. */
function printBegin(kernel: Search, layout: GridLayout): Pass {
  const { points, clouds } = kernel;
  const shader = new Shader(gridBuffers(kernel));
  const starts = shader.reads(SLOT.starts), grids = shader.writes(GRID_SLOT.grids);
  declareRecords(shader, layout);
  declareCloudOf(shader, SLOT.starts, clouds);
  const countClouds = shader.param("clouds", clouds);
  const isRecords = `thread == ${totalIndex(shader, layout, 0, "records")}`;
  return threadPass(shader, Math.max(layout.counters, points), [
    `if (thread < ${shader.param("counters", layout.counters)}) {`,
    `  atomicStore(&${
      shader.atomics(GRID_SLOT.counters)
    }[thread], select(0u, ${countClouds}, ${isRecords}));`,
    "}",
    `if (thread <= ${countClouds}) {`,
    `  ${grids}[2u * thread] = u32(${starts}[thread]);`,
    `  ${grids}[2u * thread + 1u] = thread + 1u;`,
    "}",
    `if (thread < ${countClouds}) { ${grids}[${
      fieldIndex(layout, "record_at(thread)", "parent")
    }] = thread; }`,
    `if (thread < ${shader.param("points", points)}) {`,
    `  ${grids}[${shader.param("first_place", layout.firstPlace)} + thread] = cloud_of(thread);`,
    "}",
  ]);
}

/** Statements that return for a point whose cell has no grid, and define `grid` for the others. */
function gridOfPoint(shader: Shader, layout: GridLayout): string[] {
  const grids = shader.writes(GRID_SLOT.grids);
  return [
    `let child = ${grids}[2u * ${grids}[${shader.param("first_place", layout.firstPlace)} + thread] + 1u];`,
    "if (child == 0u) { return; }",
    "let grid = child - 1u;",
  ];
}

/** Extends the box of each point's grid by the point. */
function printBoxes(kernel: Search, layout: GridLayout): Pass {
  const shader = new Shader(gridBuffers(kernel));
  return threadPass(shader, kernel.points, [
    ...gridOfPoint(shader, layout),
    ...widenLines(shader, layout, "grid", "thread"),
  ]);
}

/** Computes the cell of every point and counts the points of cells. */
function printCount(kernel: Search, layout: GridLayout): Pass {
  const { dimension } = layout;
  const shader = new Shader(gridBuffers(kernel));
  const points = shader.reads(SLOT.points), grids = shader.writes(GRID_SLOT.grids);
  declareRecords(shader, layout);
  const word = (field: "low" | "scale" | "size", axis: number) =>
    `${grids}[${fieldIndex(layout, "record", field, axis)}]`;
  const axes = alongAxes(dimension, (axis) => {
    const difference = `${points}[thread * ${dimension}u + ${axis}u] - bitcast<f32>(${word("low", axis)})`;
    return [
      `let scaled${axis} = (${difference}) * bitcast<f32>(${word("scale", axis)});`,
      `cell = cell * ${word("size", axis)} + min(u32(max(scaled${axis}, 0.0)), ${word("size", axis)} - 1u);`,
    ];
  });
  return threadPass(shader, kernel.points, [
    ...gridOfPoint(shader, layout),
    "let record = record_at(grid);",
    "var cell = 0u;",
    ...axes.reverse().flat(),
    `cell += ${grids}[${fieldIndex(layout, "record", "base")}];`,
    `${grids}[${shader.param("first_place", layout.firstPlace)} + thread] = cell;`,
    `atomicAdd(&${shader.atomics(GRID_SLOT.counters)}[cell], 1u);`,
  ]);
}

/**
 * Converts the counts of cells to start offsets, and allocates a record of the next level for each crowded cell.
 */
function printStarts(kernel: Search, layout: GridLayout, level: LevelLayout): Pass {
  const shader = new Shader(gridBuffers(kernel));
  const grids = shader.writes(GRID_SLOT.grids), counters = shader.atomics(GRID_SLOT.counters);
  declareRecords(shader, layout);
  declareScan(shader);
  shader.declare("var<workgroup> cells_found: u32;");
  const total = totalIndex(shader, layout, level.level, "cells");
  const firstCell = shader.param("first_cell", level.firstCell);
  // Cells of the last level are not divided.
  const next = Math.min(level.level + 1, LEVELS - 1);
  const crowded = next === level.level ? 0xffffffff : layout.crowded;
  const body = [
    `if (lane == 0u) { cells_found = atomicLoad(&${counters}[${total}]); }`,
    "let cells = workgroupUniformLoad(&cells_found);",
    `var start = ${shader.param("first_position", level.firstPosition)};`,
    // One additional cell holds the end of the last.
    `for (var tile = 0u; tile <= cells; tile += ${WORKGROUP}u) {`,
    `  let cell = ${firstCell} + tile + lane;`,
    "  var count = 0u;",
    `  if (tile + lane < cells) { count = atomicLoad(&${counters}[cell]); }`,
    "  let sum = scan_tile(count, lane);",
    "  if (tile + lane <= cells) {",
    "    var child = 0u;",
    `    if (count >= ${shader.param("crowded", crowded)}) {`,
    `      let made = atomicAdd(&${counters}[${totalIndex(shader, layout, next, "records")}], 1u);`,
    `      child = ${shader.param("next_record", layoutLevel(kernel, next).record)} + made + 1u;`,
    `      ${grids}[${fieldIndex(layout, "record_at(child - 1u)", "parent")}] = cell;`,
    "    }",
    `    ${grids}[2u * cell] = start + sum - count;`,
    `    ${grids}[2u * cell + 1u] = child;`,
    "  }",
    `  start += ${SCAN_TOTAL};`,
    "}",
  ];
  return { ...shader.finish(indent(body)), groups: 1 };
}

/**
 * Sorts the points of the level by cell. Points that stay on a level above have cells of that level.
 */
function printSort(kernel: Search, layout: GridLayout, { firstCell }: LevelLayout): Pass {
  const { dimension } = layout;
  const shader = new Shader(gridBuffers(kernel));
  const points = shader.reads(SLOT.points), grids = shader.reads(GRID_SLOT.grids);
  const sorted = shader.writes(GRID_SLOT.sorted), counters = shader.atomics(GRID_SLOT.counters);
  return threadPass(shader, kernel.points, [
    `let cell = ${grids}[${shader.param("first_place", layout.firstPlace)} + thread];`,
    `if (cell < ${shader.param("first_cell", firstCell)}) { return; }`,
    `let place = ${grids}[2u * cell] + atomicSub(&${counters}[cell], 1u) - 1u;`,
    `let at = place * ${dimension + 1}u;`,
    ...alongAxes(
      dimension,
      (axis) => `${sorted}[at + ${axis}u] = bitcast<u32>(${points}[thread * ${dimension}u + ${axis}u]);`,
    ),
    `${sorted}[at + ${dimension}u] = thread;`,
  ]);
}

/**
 * Generates the passes that build the grids of all clouds.
 *
 * @param kernel Search of at least one point.
 * @param layout Memory layout of the grids.
 */
export function printGridBuild(kernel: Search, layout: GridLayout): Pass[] {
  const levels = Array.from({ length: LEVELS }, (_, level) => layoutLevel(kernel, level))
    .filter(({ maxRecords }) => maxRecords > 0);
  return [
    printBegin(kernel, layout),
    ...levels.flatMap((level) => [
      printBoxes(kernel, layout),
      printShapes(kernel, layout, level),
      printCount(kernel, layout),
      printStarts(kernel, layout, level),
      printSort(kernel, layout, level),
    ]),
  ];
}
