/**
 * Loop kernels: one thread, several threads or several workgroups for each point of the map axes.
 * @module
 */
import { emptyReduction } from "../../ir/arithmetic.ts";
import type { Accumulator, KernelBuffer, LoopKernel, Store } from "../../ir/kernel.ts";
import { planAxes, type Space } from "./axes.ts";
import { Block, literal } from "./block.ts";
import { GROUP_INDEX, type Pass, type Passes, Shader, WORKGROUP } from "./shader.ts";
import { chooseTiling, type Tiling } from "./tiling.ts";
import { contiguous, indent, unravel, volume } from "./unravel.ts";

function identity(shader: Shader, { kind, dtype }: Accumulator): string {
  return literal(shader, dtype, emptyReduction(kind, dtype));
}

/** The statement that adds a term; a sum of booleans is true if any of them is. */
function combine({ kind, dtype }: Accumulator, into: string, term: string): string {
  if (dtype === "bool") return `${into} = ${into} ${kind === "prod" ? "&&" : "||"} ${term};`;
  if (kind === "prod") return `${into} *= ${term};`;
  return kind === "sum" ? `${into} += ${term};` : `${into} = max(${into}, ${term});`;
}

/** Computes the point of a thread, and its share of the point's terms: `point`, `part`, `split`. */
function placement({ lanes, along, splits }: Tiling, shader: Shader, points: number): string[] {
  const perGroup = WORKGROUP / lanes;
  const count = shader.param("points", points);
  const lines: string[] = [];
  if (splits > 1) {
    const blocks = shader.param("blocks", Math.ceil(points / perGroup));
    lines.push(`let split = group / ${blocks};`, `let block = group - split * ${blocks};`);
    lines.push(`if (split >= ${shader.param("splits", splits)}) { return; }`);
  } else {
    lines.push("let block = group;");
  }
  if (lanes === 1) {
    return [...lines, `let point = block * ${WORKGROUP}u + lane;`, `if (point >= ${count}) { return; }`];
  }
  const [slot, part] = along === "reduce"
    ? [`lane / ${lanes}u`, `lane % ${lanes}u`]
    : [`lane % ${perGroup}u`, `lane / ${perGroup}u`];
  // Threads past the last point duplicate its work, since every thread has to reach the barriers.
  return [
    ...lines,
    `let part = ${part};`,
    `let slot = block * ${perGroup}u + ${slot};`,
    `let point = min(slot, ${count} - 1u);`,
    `let stores = part == 0u && slot < ${count};`,
  ];
}

/** The loop over a thread's terms: `acc0`, `acc1`, …; values hoisted to the enclosing block are emitted before it. */
export function reduceLoop(
  kernel: LoopKernel,
  shader: Shader,
  outside: Block,
  space: Space,
  tiling: Tiling,
): string[] {
  const { accumulators, reduce } = kernel;
  const { lanes, splits } = tiling;
  const terms = shader.param("terms", volume(reduce));
  const part = lanes > 1 ? "part" : "0u";
  let [start, end] = [part, terms];
  if (splits > 1) {
    const chunk = shader.param("chunk", Math.ceil(volume(reduce) / splits));
    [start, end] = [`split * ${chunk} + ${part}`, `min(split * ${chunk} + ${chunk}, ${terms})`];
  }
  const head: string[] = [];
  const block = outside.loop(unravel(head, shader, space.reduce, "term", "k"));
  const values = accumulators.map(({ value }) => block.value(value));
  const sums = accumulators.map((accumulator, i) => combine(accumulator, `acc${i}`, values[i]!));
  return [
    ...accumulators.map((accumulator, i) => `var acc${i} = ${identity(shader, accumulator)};`),
    `let end = ${end};`,
    `for (var term = ${start}; term < end; term += ${lanes}u) {`,
    ...indent([...head, ...block.lines, ...sums]),
    "}",
  ];
}

/**
 * The tree that combines the accumulators of the threads of a point; the first of them holds the results. Levels within
 * a subgroup need no shared memory; they add the same numbers in the same order.
 */
function tree(kernel: LoopKernel, shader: Shader, { lanes, along }: Tiling, subgroup: number): string[] {
  const { accumulators } = kernel;
  const shuffles = along === "reduce" && subgroup > 1 && accumulators.every(({ dtype }) => dtype !== "bool");
  const least = shuffles ? Math.min(subgroup, lanes) : 1;
  const apart = along === "reduce" ? "width" : `width * ${WORKGROUP / lanes}u`;
  const lines: string[] = [];
  if (least < lanes) {
    accumulators.forEach(({ dtype }, i) =>
      shader.declare(`var<workgroup> shared${i}: array<${dtype}, ${WORKGROUP}>;`)
    );
    lines.push(
      ...accumulators.map((_, i) => `shared${i}[lane] = acc${i};`),
      `for (var width = ${shader.param("half", lanes / 2)}; width >= ${least}u; width >>= 1u) {`,
      "  workgroupBarrier();",
      "  if (part < width) {",
      ...accumulators.flatMap((accumulator, i) => [
        `    ${combine(accumulator, `acc${i}`, `shared${i}[lane + ${apart}]`)}`,
        `    shared${i}[lane] = acc${i};`,
      ]),
      "  }",
      "}",
    );
  }
  if (least > 1) shader.enable("subgroups");
  for (let width = least / 2; width >= 1; width /= 2) {
    lines.push(
      ...accumulators.map((accumulator, i) =>
        combine(accumulator, `acc${i}`, `subgroupShuffleDown(acc${i}, ${width}u)`)
      ),
    );
  }
  return lines;
}

function printLoop(kernel: LoopKernel, space: Space, tiling: Tiling, subgroup = 1): Pass {
  const { map, accumulators, stores } = kernel;
  const { lanes, splits } = tiling;
  const points = volume(map);
  const shader = new Shader(kernel.buffers);
  const head = placement(tiling, shader, points);
  const block = Block.root(shader, unravel(head, shader, space.map, "point", "m"));
  const loop = accumulators.length > 0 ? reduceLoop(kernel, shader, block, space, tiling) : [];
  const join = lanes > 1 ? tree(kernel, shader, tiling, subgroup) : [];
  const after = block.after(accumulators.map((_, i) => `acc${i}`));
  after.stores(stores, splits > 1 ? `split * ${shader.param("partial", points)}` : undefined);
  const last = lanes > 1 ? ["if (stores) {", ...indent(after.lines), "}"] : after.lines;
  const text = shader.finish(indent([GROUP_INDEX, ...head, ...block.lines, ...loop, ...join, ...last]));
  return { ...text, groups: Math.ceil(points / (WORKGROUP / lanes)) * splits };
}

/** Description shared by a kernel of partial sums and the kernel that combines them. */
export interface Partials {
  /** Declarations of the kernel's buffers, without the partial sums. */
  readonly buffers: readonly KernelBuffer[];
  readonly name: string;
  readonly map: readonly number[];
  readonly accumulators: readonly {
    readonly kind: Accumulator["kind"];
    readonly dtype: Accumulator["dtype"];
  }[];
  readonly splits: number;
}

/** The buffer of partial sums, `[accumulators, splits, map...]`: its declaration and its bytes. */
export function partialBuffer(
  { map, accumulators, splits }: Partials,
): { buffer: KernelBuffer; bytes: number } {
  const dtype = accumulators[0]?.dtype ?? "f32";
  return { buffer: { dtype, access: "readwrite" }, bytes: 4 * accumulators.length * splits * volume(map) };
}

/** Stores of the partial sums of split 0; those of split `s` are offset by `s` times the number of points. */
export function partialStores({ buffers, map, accumulators, splits }: Partials): Store[] {
  return accumulators.map(({ dtype }, index) => ({
    buffer: buffers.length,
    address: { offset: index * splits * volume(map), strides: contiguous(map) },
    value: { op: "accumulator", dtype, index },
  }));
}

/** Generates the kernel that combines partial sums and runs the stores. */
export function combinePartials(partials: Partials, stores: readonly Store[]): Pass {
  const { buffers, name, map, accumulators, splits } = partials;
  const points = volume(map);
  const kernel: LoopKernel = {
    kind: "loop",
    name,
    buffers: [...buffers, partialBuffer(partials).buffer],
    map,
    reduce: [splits],
    accumulators: accumulators.map(({ kind, dtype }, i) => ({
      kind,
      dtype,
      value: {
        op: "load",
        dtype,
        buffer: buffers.length,
        address: { offset: i * splits * points, strides: [...contiguous(map), points], indirect: [] },
        guards: [],
      },
    })),
    stores,
  };
  const space = planAxes(kernel);
  return printLoop(kernel, space, chooseTiling(kernel, space, false));
}

/**
 * Generates the shaders of a loop kernel.
 *
 * @param kernel Kernel with at least one point.
 * @param subgroup Subgroup size for shuffles, a power of two; 1 if not supported.
 */
export function printLoopKernel(kernel: LoopKernel, subgroup = 1): Passes {
  const space = planAxes(kernel);
  const tiling = chooseTiling(kernel, space, true);
  if (tiling.splits === 1) return { passes: [printLoop(kernel, space, tiling, subgroup)], scratch: [] };
  const partials: Partials = { ...kernel, splits: tiling.splits };
  const { buffer, bytes } = partialBuffer(partials);
  const first = { ...kernel, buffers: [...kernel.buffers, buffer], stores: partialStores(partials) };
  const firstSpace = planAxes(first);
  const firstTiling = { ...chooseTiling(first, firstSpace, true), splits: tiling.splits };
  return {
    passes: [printLoop(first, firstSpace, firstTiling, subgroup), combinePartials(partials, kernel.stores)],
    scratch: [bytes],
  };
}
