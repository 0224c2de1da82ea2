/**
 * Grid search: visits rings of cells outward from the cell of the query, until everything outside is farther than any
 * point that could still be among the results.
 * @module
 */
import { printGridBuild } from "./build.ts";
import { alongAxes, boundFactor, declarePowers, distanceText, finiteText, joinPowers } from "./distance.ts";
import { declareCloudOf, declareResult, type Search, SLOT } from "./result.ts";
import {
  declareRecords,
  fieldIndex,
  GRID_SLOT,
  gridBuffers,
  type GridField,
  type GridLayout,
  layoutGrids,
  LEVELS,
} from "./layout.ts";
import { GROUP_INDEX, type Pass, type Passes, Shader } from "../shader/shader.ts";
import { indent } from "../shader/unravel.ts";

/** Threads per workgroup: few, since neighbouring queries may take very different times. */
const THREADS = 64;

/** Names of the coordinates of the query. */
const queryNames = (dimension: number): string[] => alongAxes(dimension, (axis) => `query${axis}`);

/** Declares `too_far(power)`: whether points with at least this power are excluded from the results. */
function declareTooFar(shader: Shader, norm: number): void {
  shader.declare(
    `fn too_far(power: f32) -> bool { return order_of(power * ${boundFactor(norm)}) > reach(); }`,
  );
}

/** Declares `look_at(start, end)`, which offers points by their indices in the sorted order. */
function declareLookAt(shader: Shader, { dimension, norm }: Search): void {
  const sorted = shader.reads(GRID_SLOT.sorted);
  const point = alongAxes(dimension, (axis) => `bitcast<f32>(${sorted}[at + ${axis}u])`);
  shader.declare(`fn look_at(start: u32, end: u32) {
  for (var i = start; i < end; i++) {
    let at = i * ${dimension + 1}u;
    offer(order_of(${distanceText(norm, point, queryNames(dimension))}), ${sorted}[at + ${dimension}u]);
  }
}`);
}

/** Statements that define the position of the query relative to a grid along one axis. */
function axisLines(layout: GridLayout, grids: string, axis: number): string[] {
  const word = (field: GridField) => `${grids}[${fieldIndex(layout, "record", field, axis)}]`;
  const query = `query${axis}`;
  return [
    `let low${axis} = bitcast<f32>(${word("low")});`,
    `let width${axis} = bitcast<f32>(${word("width")});`,
    `let slack${axis} = bitcast<f32>(${word("slack")});`,
    `let size${axis} = i32(${word("size")});`,
    `let scaled${axis} = (${query} - low${axis}) * bitcast<f32>(${word("scale")});`,
    `let home${axis} = clamp(i32(scaled${axis}), 0, size${axis} - 1);`,
    `let high${axis} = low${axis} + f32(size${axis}) * width${axis};`,
    `let outside${axis} = power_of(gap(max(low${axis} - ${query}, ${query} - high${axis}), slack${axis}));`,
  ];
}

/**
 * Statements that visit a cell, given its index within the grid and its distance, in the innermost loop.
 */
function visitCell(grids: string, level: number, near: string): string[] {
  const look = "look_at(start, end);";
  return [
    "let cell = base + u32(row + i0);",
    `let start = ${grids}[2u * cell];`,
    `let end = ${grids}[2u * cell + 2u];`,
    `if (start == end || too_far(${near})) { continue; }`,
    ...(level === LEVELS - 1 ? [look] : [
      `let grid = ${grids}[2u * cell + 1u];`,
      `if (grid > 0u) { search${level + 1}(grid - 1u); } else { ${look} }`,
    ]),
  ];
}

/**
 * The loops over the cells of one ring; along the first axis only the two ends unless another axis is on the rim.
 */
function ringLines(kernel: Search, grids: string, level: number): string[] {
  const { dimension, norm } = kernel;
  const begin = (axis: number) => `max(home${axis} - ring, 0)`;
  const end = (axis: number) => `min(home${axis} + ring, size${axis} - 1)`;
  const near = (axis: number, further: string[]) => {
    const face = `low${axis} + f32(i${axis}) * width${axis}`;
    const beyond = `max(${face} - query${axis}, query${axis} - (${face} + width${axis}))`;
    return joinPowers(norm, [`power_of(gap(${beyond}, slack${axis}))`, ...further]);
  };
  const loop = (axis: number, row: string, rims: string[]): string[] => {
    const further = axis + 1 < dimension ? [`near${axis + 1}`] : [];
    if (axis === 0) {
      return [
        `let whole = ${rims.join(" || ") || "ring == 0"};`,
        `let row = ${row};`,
        `for (var i0 = select(home0 - ring, ${begin(0)}, whole); i0 <= ${end(0)}; ` +
        "i0 += select(2 * ring, 1, whole)) {",
        "  if (i0 < 0) { continue; }",
        ...indent(visitCell(grids, level, near(0, further))),
        "}",
      ];
    }
    return [
      `for (var i${axis} = ${begin(axis)}; i${axis} <= ${end(axis)}; i${axis}++) {`,
      `  let near${axis} = ${near(axis, further)};`,
      `  if (too_far(near${axis})) { continue; }`,
      ...indent(
        loop(axis - 1, `(${row} + i${axis}) * size${axis - 1}`, [
          ...rims,
          `abs(i${axis} - home${axis}) == ring`,
        ]),
      ),
      "}",
    ];
  };
  return loop(dimension - 1, "0", []);
}

/**
 * Statements that compute `outside`, a lower bound for everything outside the cells up to this ring: along some axis it
 * is beyond one of their faces, and along the others it is no nearer than the box of the grid.
 */
function outsideLines({ dimension, norm }: Search): string[] {
  return [
    "var outside = bitcast<f32>(0x7f7fffffu);",
    ...alongAxes(dimension, (axis) => {
      const query = `query${axis}`, face = (i: string) => `low${axis} + f32(${i}) * width${axis}`;
      const bound = (gap: string) =>
        joinPowers(
          norm,
          alongAxes(dimension, (other) =>
            other === axis ? `power_of(gap(${gap}, slack${axis}))` : `outside${other}`),
        );
      return [
        `if (home${axis} + ring + 1 < size${axis}) {`,
        `  outside = min(outside, ${bound(`${face(`home${axis} + ring + 1`)} - ${query}`)});`,
        "}",
        `if (home${axis} > ring) {`,
        `  outside = min(outside, ${bound(`${query} - (${face(`home${axis} - ring`)})`)});`,
        "}",
      ];
    }).flat(),
  ];
}

/**
 * Declares `search0(record)`, which searches the grid of a whole cloud, and the functions it calls for nested grids.
 */
function declareSearches(shader: Shader, kernel: Search, layout: GridLayout): void {
  const { dimension } = kernel, grids = shader.reads(GRID_SLOT.grids);
  shader.declare("fn gap(x: f32, slack: f32) -> f32 { return max(x - slack, 0.0); }");
  for (let level = LEVELS - 1; level >= 0; level--) {
    const rings = alongAxes(dimension, (axis) => `max(home${axis}, size${axis} - 1 - home${axis})`)
      .reduce((most, one) => `max(${most}, ${one})`);
    shader.declare([
      `fn search${level}(number: u32) {`,
      "  let record = record_at(number);",
      `  let base = ${grids}[${fieldIndex(layout, "record", "base")}];`,
      ...indent(alongAxes(dimension, (axis) => axisLines(layout, grids, axis)).flat()),
      `  let rings = ${rings};`,
      "  for (var ring = 0; ring <= rings; ring++) {",
      ...indent(indent([
        ...ringLines(kernel, grids, level),
        ...outsideLines(kernel),
        "if (too_far(outside)) { return; }",
      ])),
      "  }",
      "}",
    ].join("\n"));
  }
}

function searchPass(kernel: Search, layout: GridLayout): Pass {
  const { dimension, norm, queries: count, clouds } = kernel;
  const shader = new Shader(gridBuffers(kernel));
  const starts = shader.reads(SLOT.starts), queries = shader.reads(SLOT.queries);
  const query = queryNames(dimension);
  query.forEach((name) => shader.declare(`var<private> ${name}: f32;`));
  declarePowers(shader, kernel);
  declareCloudOf(shader, SLOT.queryStarts, clouds);
  declareRecords(shader, layout);
  const result = declareResult(shader, kernel);
  declareTooFar(shader, norm);
  declareLookAt(shader, kernel);
  declareSearches(shader, kernel, layout);
  const body = [
    GROUP_INDEX,
    `let query = group * ${THREADS}u + lane;`,
    `if (query >= ${shader.param("queries", count)}) { return; }`,
    "let cloud = cloud_of(query);",
    ...query.map((name, axis) => `${name} = ${queries}[query * ${dimension}u + ${axis}u];`),
    ...result.begin,
    `let begin = u32(${starts}[cloud]);`,
    `let end = u32(${starts}[cloud + 1u]);`,
    `if (${query.map(finiteText).join(" && ")}) {`,
    "  if (begin < end) { search0(cloud); }",
    "} else {",
    "  offer_far(begin, end);",
    "}",
    ...result.store("query"),
  ];
  return { ...shader.finish(indent(body), THREADS), groups: Math.ceil(count / THREADS) };
}

/**
 * Builds grids of all clouds, then searches them: a thread per query.
 *
 * @param kernel Kernel with at least one query.
 */
export function printGridSearch(kernel: Search): Passes {
  const layout = layoutGrids(kernel);
  return { passes: [...printGridBuild(kernel, layout), searchPass(kernel, layout)], scratch: layout.scratch };
}
