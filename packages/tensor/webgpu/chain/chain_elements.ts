/**
 * Code generation for the element-wise parts of a chain: loops, products with few columns or terms, panels, epilogues.
 * A thread processes four rows of a column at a time if results stay in workgroup memory, otherwise one element.
 * @module
 */
import type { Affine, GemmKernel, Load, LoopKernel, Scalar, Store } from "../../ir/kernel.ts";
import { Rewriter } from "../../ir/rewrite.ts";
import { Block, type NamedAxis } from "../shader/block.ts";
import type { Part } from "./chain_parts.ts";
import type { Printing } from "./chain_printing.ts";
import { reduceLoop } from "../shader/loop.ts";
import { axesOf, indent, unravel, volume } from "../shader/unravel.ts";

/** The range of a part, and the location of its sums. */
export interface ElementRange {
  /** Start of the sums that form the accumulator, `[columns][rows]`, in vectors. */
  readonly sums?: number;
  /** Destination of the columns of its only store, those from `first` on, if they fill a panel. */
  readonly panel?: { readonly start: number; readonly first: string; readonly columns: string };
}

/**
 * The axes of a part: columns are all axes but those of rows and repeats; `row` is an extra axis, the row in a block.
 */
interface PartAxes {
  readonly columns: readonly { readonly size: number; readonly from: number }[];
  readonly outside: readonly NamedAxis[];
  readonly inside: readonly NamedAxis[];
  readonly row: number;
}

function axesOfPart({ kernel, rowAxis, repeatAxis }: Part): PartAxes {
  const map = kernel.kind === "loop" ? kernel.map : [...kernel.batch, kernel.m, kernel.n];
  const row = map.length + (kernel.kind === "loop" ? kernel.reduce.length : 0);
  return {
    columns: axesOf(map).filter(({ from }) => from !== rowAxis && from !== repeatAxis),
    outside: repeatAxis === undefined ? [] : [{ name: "repeat", from: repeatAxis }],
    inside: [{ name: "m", from: rowAxis }, { name: "r", from: row }],
    row,
  };
}

/** Maps slots of a part to slots of the shader, and addresses of locals to workgroup memory. */
class Places {
  readonly #printing: Printing;
  readonly #part: Part;
  readonly #row: number;

  constructor(printing: Printing, part: Part, row: number) {
    this.#printing = printing;
    this.#part = part;
    this.#row = row;
  }

  /** Returns the local in a slot of the part; `undefined` for buffers. */
  local(slot: number): number | undefined {
    const { chain } = this.#printing, local = (this.#part.args[slot] ?? -1) - chain.buffers.length;
    return local >= 0 ? local : undefined;
  }

  slot(slot: number): number {
    const local = this.local(slot);
    return local === undefined ? this.#part.args[slot] ?? -1 : this.#printing.slotOfLocal(local);
  }

  /** Converts an address in a local, `row · width + rest`, to `rest · by`, with a stride for the rows of a block. */
  inBlock({ offset, strides }: Affine, by: number, step: number): Affine {
    const { rowAxis, repeatAxis } = this.#part;
    const inside = Array.from(
      { length: this.#row },
      (_, axis) => axis === rowAxis || axis === repeatAxis ? 0 : (strides[axis] ?? 0) * by,
    );
    return { offset: offset * by, strides: [...inside, step] };
  }

  load(load: Load): Load {
    const buffer = this.slot(load.buffer);
    if (this.local(load.buffer) === undefined) return { ...load, buffer };
    const address = { ...this.inBlock(load.address, this.#printing.plan.rows, 1), indirect: [] };
    return { ...load, buffer, address };
  }

  kernel<K extends LoopKernel | GemmKernel>(kernel: K): K {
    const rewriter = new Rewriter({
      node: (node: Scalar) => node.op === "load" ? this.load(node) : undefined,
    });
    const stores = kernel.stores.map((store) => rewriter.store(store));
    if (kernel.kind === "gemm") return { ...kernel, stores };
    return { ...kernel, stores, accumulators: kernel.accumulators.map((term) => rewriter.accumulator(term)) };
  }
}

/** How threads iterate over the elements of a part. */
interface Walk {
  readonly items: string;
  /** Computes the column of an item, and its four rows `quad` or its row `r`. */
  readonly head: string[];
  /** Offset of an item's sums within those of its column, and the component of row `r`. */
  readonly sums: { readonly at: string; readonly element: string };
  /** Wraps the statements for row `r` in a loop over the rows of an item. */
  readonly rows: (lines: readonly string[]) => readonly string[];
}

/**
 * Neighbouring threads process neighbouring rows of a column, four at a time, which are a vector of workgroup memory.
 */
function walkVectors(rows: number, columns: string, first: string | undefined): Walk {
  const quads = rows / 4;
  return {
    items: `${columns} * ${quads}u`,
    head: [`let column = ${first ? `${first} + ` : ""}item / ${quads}u;`, `let quad = item % ${quads}u;`],
    sums: { at: "quad", element: "sums[i]" },
    rows: (
      lines,
    ) => ["for (var i = 0u; i < 4u; i++) {", ...indent(["let r = quad * 4u + i;", ...lines]), "}"],
  };
}

/** Neighbouring threads process neighbouring columns of a row, which are contiguous in a buffer. */
function walkElements(rows: number, columns: string): Walk {
  return {
    items: `${columns} * ${rows}u`,
    head: [`let column = item % ${columns};`, `let r = item / ${columns};`],
    sums: { at: "(r >> 2u)", element: "sums[r & 3u]" },
    rows: (lines) => lines,
  };
}

/**
 * Generates an element-wise part: the epilogue, if it is a product.
 *
 * @param printing The shader under construction.
 * @param part The part.
 * @param range Range of its elements.
 */
export function printElements(printing: Printing, part: Part, range: ElementRange): string[] {
  const { shader, plan, rows } = printing, { sums, panel } = range;
  const axes = axesOfPart(part), places = new Places(printing, part, axes.row);
  const kernel = places.kernel(part.kernel), quads = plan.rows / 4;
  const isInside = ({ buffer }: Store) => panel !== undefined || places.local(buffer) !== undefined;
  const columns = panel?.columns ?? shader.param("columns", volume(axes.columns.map(({ size }) => size)));
  const walk = kernel.stores.some(isInside)
    ? walkVectors(plan.rows, columns, panel?.first)
    : walkElements(plan.rows, columns);
  const named = unravel(walk.head, shader, axes.columns, "column", "n");
  const outside = Block.root(shader, [...axes.outside, ...named]);
  if (sums !== undefined) {
    const start = shader.param("sums", sums);
    walk.head.push(`let sums = block[${start} + column * ${quads}u + ${walk.sums.at}];`);
  }
  const inside = outside.loop(axes.inside, sums === undefined ? [] : [walk.sums.element]);
  const { lines, block } = valuesOf(printing, kernel, inside);
  const values = kernel.stores.map(({ value }) => block.value(value));
  const declare: string[] = [], puts: string[] = [];
  kernel.stores.forEach((store, i) => {
    const { buffer, address, value } = store;
    if (!isInside(store)) {
      const stored = value.dtype === "bool" ? `u32(${values[i]})` : values[i];
      block.lines.push(`${shader.writes(places.slot(buffer))}[${block.address(address)}] = ${stored};`);
      return;
    }
    const target = panel
      ? `${shader.param("panel", panel.start)} + (column - ${panel.first}) * ${quads}u`
      : `${shader.param("local", plan.locals[places.local(buffer) ?? -1] ?? 0)} + ${
        outside.address(places.inBlock(address, quads, 0))
      }`;
    // Threads that write single elements of one vector would race with each other
    const isRow = "vec4<u32>(0u, 1u, 2u, 3u) == vec4<u32>(i)";
    block.lines.push(`out${i} = select(out${i}, vec4<f32>(${values[i]}), ${isRow});`);
    declare.push(`var out${i} = vec4<f32>();`);
    puts.push(`block[${target} + quad] = out${i};`);
  });
  const after = block === inside ? [] : block.lines;
  const row = [
    "let m = row0 + r;",
    `if (m < ${rows}) {`,
    ...indent([...inside.lines, ...lines, ...after]),
    "}",
  ];
  return [
    `for (var item = lane; item < ${walk.items}; item += ${plan.threads}u) {`,
    ...indent([...walk.head, ...outside.lines, ...declare, ...walk.rows(row), ...puts]),
    "}",
  ];
}

/** The loop over the terms of a part with its own sums, and the block in which accumulators have values. */
function valuesOf(
  { shader }: Printing,
  kernel: LoopKernel | GemmKernel,
  inside: Block,
): { readonly lines: readonly string[]; readonly block: Block } {
  if (kernel.kind === "gemm" || kernel.accumulators.length === 0) return { lines: [], block: inside };
  const space = { map: [], reduce: axesOf(kernel.reduce, kernel.map.length) };
  const tiling = { lanes: 1, along: "map", splits: 1 } as const;
  const lines = reduceLoop(kernel, shader, inside, space, tiling);
  return { lines, block: inside.after(kernel.accumulators.map((_, i) => `acc${i}`)) };
}
