/**
 * Farthest-point sampling.
 * @module
 */
import type { FarthestPointSampleKernel } from "../../ir/kernel.ts";
import { alongAxes, declarePowers, distanceText, finiteText, floatBits } from "./distance.ts";
import { GROUP_INDEX, type Passes, Shader, WORKGROUP } from "../shader/shader.ts";
import { indent } from "../shader/unravel.ts";

/** Number of results that one thread combines, in each of two steps. */
const JOINED = Math.sqrt(WORKGROUP);

/**
 * Declares `root_of(power)`, the distance. WGSL allows an error of several ulp in square roots, and on grids rounding
 * decides which distances are equal: where `fma` is fused, it is used to correct the root.
 */
function declareRoot(shader: Shader, norm: number): void {
  if (norm === 1 || norm === Infinity) {
    shader.declare("fn root_of(power: f32) -> f32 { return power; }");
  } else if (norm === 2) {
    shader.declare(`fn root_of(power: f32) -> f32 {
  let root = sqrt(power);
  let better = fma(fma(-root, root, power), 0.5 / root, root);
  return select(root, better, is_fused() && power > 1e-30 && power < 1e30);
}`);
  } else {
    shader.declare(`fn root_of(power: f32) -> f32 {
  return select(exp2(log2(power) / ${Math.min(norm, 1e38)}f), 0.0, power <= 0.0);
}`);
  }
}

/**
 * Declares `add_square(x, total)`, `x² + total` rounded once. WGSL's `fma` need not be fused, and is not on software
 * adapters; there the rounding errors of the product and of the sum are computed and added. Compilers may cancel
 * expressions that are zero in exact arithmetic: the exclusive or with an unknown 0 prevents that.
 */
function declareAddSquare(shader: Shader): void {
  const probe = `bitcast<f32>(${shader.param("probe", floatBits(1 + 2 ** -12))})`;
  shader.declare(
    `fn kept(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ ${shader.param("zero", 0)}); }
fn is_fused() -> bool { return fma(${probe}, ${probe}, -${1 + 2 ** -11}f) != 0.0; }
fn add_square(x: f32, total: f32) -> f32 {
  if (is_fused()) { return fma(x, x, total); }
  let head = bitcast<f32>(bitcast<u32>(x) & 0xfffff000u);
  let tail = kept(x - head);
  let square = kept(x * x);
  let square_error = kept(head * head - square) + 2.0 * head * tail + tail * tail;
  let sum = kept(square + total);
  let part = kept(sum - total);
  let sum_error = (total - kept(sum - part)) + (square - part);
  return sum + (sum_error + square_error);
}`,
  );
}

/** The distance, rounded after each axis. */
function singleDistance(norm: number, a: readonly string[], b: readonly string[]): string {
  if (norm !== 2) return `root_of(${distanceText(norm, a, b)})`;
  const sum = a.reduce((total, x, axis) => `add_square(${x} - ${b[axis]!}, ${total})`, "0.0");
  return `root_of(${sum})`;
}

/**
 * Statements that combine results `from .. from + JOINED` of a shared array into `best` and `place`; ties go to the
 * lowest index.
 */
function joinLines(values: string, places: string, from: string): string[] {
  return [
    `var best = ${values}[${from}];`,
    `var place = ${places}[${from}];`,
    `for (var i = 1u; i < ${JOINED}u; i++) {`,
    `  let value = ${values}[${from} + i];`,
    `  let other = ${places}[${from} + i];`,
    "  if (value > best || (value == best && other < place)) { best = value; place = other; }",
    "}",
  ];
}

/**
 * A workgroup per cloud. Each thread maintains the distances of every 256th point to the selected points, and the
 * farthest of all is found in two steps through shared memory.
 *
 * @param kernel Kernel that selects at least one point.
 */
export function printFarthest(kernel: FarthestPointSampleKernel): Passes {
  const { dimension, norm, clouds, count, start, points: size } = kernel;
  const shader = new Shader([...kernel.buffers, { dtype: "f32", access: "write" }]);
  const points = shader.reads(0), starts = shader.reads(1), out = shader.writes(2);
  const nearest = shader.writes(3);
  declarePowers(shader, kernel);
  declareRoot(shader, norm);
  if (norm === 2) declareAddSquare(shader);
  shader.declare(`var<workgroup> values: array<f32, ${WORKGROUP}>;
var<workgroup> places: array<u32, ${WORKGROUP}>;
var<workgroup> joined_values: array<f32, ${JOINED}>;
var<workgroup> joined_places: array<u32, ${JOINED}>;`);
  const coordinates = (at: string) =>
    alongAxes(dimension, (axis) => `${points}[${at} * ${dimension}u + ${axis}u]`);
  const taken = alongAxes(dimension, (axis) => `taken${axis}`);
  const picks = shader.param("count", count);
  const pick = [
    `if (lane == 0u) { ${out}[group * ${picks} + pick] = i32(taken); }`,
    ...coordinates("taken").map((x, axis) => `let ${taken[axis]!} = ${x};`),
    `let known = ${taken.map(finiteText).join(" && ")};`,
    "var farthest = -1.0;",
    // A cloud without finite points has no farthest one; its first point is used instead.
    "var at = begin;",
    `for (var i = begin + lane; i < end; i += ${WORKGROUP}u) {`,
    `  var distance = ${nearest}[i];`,
    "  if (known && distance > 0.0) {",
    `    distance = min(distance, ${singleDistance(norm, coordinates("i"), taken)});`,
    `    ${nearest}[i] = distance;`,
    "  }",
    "  if (distance > farthest) { farthest = distance; at = i; }",
    "}",
    "values[lane] = farthest;",
    "places[lane] = at;",
    "workgroupBarrier();",
    `if (lane < ${JOINED}u) {`,
    ...indent(joinLines("values", "places", `lane * ${JOINED}u`)),
    "  joined_values[lane] = best;",
    "  joined_places[lane] = place;",
    "}",
    "workgroupBarrier();",
    ...joinLines("joined_values", "joined_places", "0u"),
    "taken = place;",
  ];
  const body = [
    GROUP_INDEX,
    `if (group >= ${shader.param("clouds", clouds)}) { return; }`,
    `let begin = u32(${starts}[group]);`,
    `let end = u32(${starts}[group + 1u]);`,
    // The distance to an empty selection; points that are not finite are never the farthest.
    `for (var i = begin + lane; i < end; i += ${WORKGROUP}u) {`,
    `  ${nearest}[i] = select(-1.0, 1e10, ${coordinates("i").map(finiteText).join(" && ")});`,
    "}",
    `var taken = begin + ${shader.param("start", start)};`,
    `for (var pick = 0u; pick < ${picks}; pick++) {`,
    ...indent(pick),
    "}",
  ];
  return { passes: [{ ...shader.finish(indent(body)), groups: clouds }], scratch: [4 * size] };
}
