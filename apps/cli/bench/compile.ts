/**
 * Time to compile graphs of any shape and size: it should grow as the number of nodes does.
 * @module
 */
import { disposeTree, evaluate, type KernelDevice } from "@gasp/tensor";
import { GRAPH_SHAPES, graphOf } from "./graph_shapes.ts";

/** Sizes of the graphs. */
const NODES = [1000, 5000, 20_000] as const;
/** Size of a graph before the measurement, relative to the smallest, so that the engine has optimised the compiler. */
const WARM_SIZE = 0.8;

/** Seconds for the graphs of one shape. */
export interface CompileRow {
  /** Shape of the graphs. */
  readonly shape: string;
  /** From tensors to results on the device, one entry for each size: compiling takes nearly all of it. */
  readonly seconds: readonly number[];
}

/** Times to compile. */
export interface CompileReport {
  /** Kind and name of the measured device. */
  readonly device: string;
  /** Numbers of nodes. */
  readonly nodes: readonly number[];
  /** One row for each shape. */
  readonly rows: readonly CompileRow[];
}

/**
 * Compiles and runs graphs of all shapes.
 *
 * @param device Measured device.
 * @param nodes Sizes of the graphs.
 */
export async function benchCompile(
  device: KernelDevice,
  nodes: readonly number[] = NODES,
): Promise<CompileReport> {
  const rows: CompileRow[] = [];
  for (const shape of GRAPH_SHAPES) {
    const secondsFor = async (size: number) => {
      const { outputs } = graphOf(shape, size);
      const start = performance.now();
      disposeTree(await evaluate(outputs, device));
      return (performance.now() - start) / 1000;
    };
    await secondsFor(WARM_SIZE * Math.min(...nodes));
    const seconds: number[] = [];
    for (const size of nodes) seconds.push(await secondsFor(size));
    rows.push({ shape: shape.name, seconds });
  }
  return { device: `${device.info.kind} (${device.info.name})`, nodes, rows };
}

/** Formats a report as a table. @param report Times to compile. */
export function compileTable({ device, nodes, rows }: CompileReport): string {
  const heads = nodes.map((count) => count.toLocaleString("en-US").padStart(8));
  const width = Math.max(...rows.map(({ shape }) => shape.length));
  const lines = rows.map(({ shape, seconds }) =>
    [shape.padEnd(width), ...seconds.map((value) => value.toFixed(2).padStart(8))].join("  ")
  );
  return [
    `Seconds to compile graphs of so many nodes on ${device}`,
    "",
    [
      " ".repeat(width),
      ...heads,
    ].join("  "),
    ...lines,
  ].join("\n");
}
