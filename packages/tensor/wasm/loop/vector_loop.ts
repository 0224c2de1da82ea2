/**
 * A loop along the vector axis: groups of vectors, then single vectors, then single elements.
 * @module
 */
import type { Cursors } from "./cursors.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";

/** One variant of the loop body. */
export interface VectorStep {
  /** Cursors of this iteration. */
  readonly cursors: Cursors;
  /** Valid lanes. */
  readonly lanes: 1 | 4;
  /** Vectors per iteration. */
  readonly copies: number;
}

/**
 * Emits the loop.
 *
 * @param f Function under construction.
 * @param outer Cursors at the first element.
 * @param axis The vector axis.
 * @param count Number of elements.
 * @param copies Vectors per group, a power of two.
 * @param body Emits the body; called once per variant.
 */
export function vectorLoop(
  f: FunctionBuilder,
  outer: Cursors,
  axis: number,
  count: Local | number,
  copies: number,
  body: (step: VectorStep) => void,
): void {
  const cursors = outer.enter([axis]);
  const phases: { readonly lanes: 1 | 4; readonly copies: number }[] = [{ lanes: 4, copies }];
  if (copies > 1) phases.push({ lanes: 4, copies: 1 });
  phases.push({ lanes: 1, copies: 1 });
  let covered = Infinity;
  for (const phase of phases) {
    const step = phase.lanes * phase.copies;
    const visit = () => {
      body({ cursors, ...phase });
      cursors.move([[axis, step]]);
    };
    if (typeof count === "number") repeat(f, Math.floor((count % covered) / step), visit);
    else {
      const times = f.local("i32");
      f.get(count);
      if (covered !== Infinity) f.i32(covered - 1).op("i32.and");
      f.i32(Math.log2(step)).op("i32.shr_u").tee(times);
      f.if(() =>
        f.countdown(times, () => {
          visit();
        })
      );
    }
    covered = step;
  }
}

/** Emits a body that runs a constant number of times. */
function repeat(f: FunctionBuilder, times: number, body: () => void): void {
  if (times === 0) return;
  if (times === 1) return body();
  const left = f.local("i32");
  f.i32(times).set(left);
  f.countdown(left, () => {
    body();
  });
}
