/**
 * The loop over the packed panels of B that all generators of matrix products share.
 * @module
 */
import type { Features } from "../module/features.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import type { SharedFunctions } from "../module/shared_functions.ts";
import type { GemmPlan } from "./gemm_plan.ts";
import { fixedDepth, tileFunction } from "./micro.ts";
import { panelBytes } from "./pack.ts";

/** Operands of one strip of rows. */
export interface TileRun {
  /** Plan of the product. */
  readonly plan: GemmPlan;
  /** Stride in bytes between rows of A where they are not packed. */
  readonly rowBytes: number;
  /** Address of the strip of A. */
  readonly strip: Local;
  /** Address of the first panel of B. */
  readonly panels: Local;
  /** Address of the first sum. */
  readonly target: Local;
  /** Rows of the strip. */
  readonly rows: number;
  /** Columns of the block. */
  readonly columns: Local;
  /** Bytes of a row of sums. */
  readonly line: number;
  /** Inner dimension. */
  readonly depth: number;
  /** Pushes whether the sums are added to. */
  readonly accumulate: Parameters<FunctionBuilder["push"]>[0];
}

/**
 * Emits the inner kernel for each panel of a block.
 *
 * @param f Function under construction.
 * @param shared Shared functions.
 * @param features Features of the engine.
 * @param run Operands.
 */
export function runTiles(
  f: FunctionBuilder,
  shared: SharedFunctions,
  features: Features,
  run: TileRun,
): void {
  const { plan: { panel, packLeft }, rows, depth } = run;
  const tile = tileFunction(shared, {
    rows,
    vectors: panel === 8 ? 2 : 1,
    left: "rows",
    leftStep: packLeft ? 4 * rows : 4,
    rightStride: 4 * panel,
    depth: fixedDepth(depth, features),
  }, features);
  const from = f.local("i32"), to = f.local("i32"), left = f.local("i32");
  f.get(run.panels).set(from).get(run.target).set(to).get(run.columns).set(left);
  f.loop((again) => {
    f.get(run.strip).i32(packLeft ? 4 : run.rowBytes).get(from).get(to).i32(run.line).i32(depth);
    f.push(run.accumulate).call(tile).increment(from, panelBytes(panel, depth)).increment(to, 4 * panel);
    f.get(left).i32(panel).op("i32.gt_u").if(() => {
      f.increment(left, -panel).br(again);
    });
  });
}
