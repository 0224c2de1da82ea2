/**
 * The inner loop of a search: compares a run of points with a query. Four points at a time are tested against the bound
 * in single precision; candidates are passed on to be computed exactly.
 * @module
 */
import type { Features } from "../module/features.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import { constantBits } from "../module/scalar.ts";
import { fourBounds, SINGLE_FLOOR, SINGLE_SLACK } from "./distance.ts";
import { addCount, addOffer, addSettle } from "./offer.ts";
import { callsPow, type SearchPlan } from "./plan.ts";
import { COLLECTED, STATE, stateLayout } from "./state.ts";
import { Writer } from "./writer.ts";
import type { SharedFunctions } from "../module/shared_functions.ts";

const SCAN_PARAMETERS = ["i32", "i32", "i32", "i32"] as const;

/** Functions that work on the state of a query. */
export interface ScanFunctions {
  /** `scan(state, workspace, first, end)`: presents points `first .. end` of the columns. */
  readonly scan: number;
  /** `settle(state)`: builds the list from the collected points. */
  readonly settle: number;
}

/**
 * Adds the functions.
 *
 * @param shared Helper functions of the module.
 * @param plan Search.
 * @param features Features of the engine.
 */
export function addScan(shared: SharedFunctions, plan: SearchPlan, features: Features): ScanFunctions {
  const offer = addOffer(shared, plan), settle = addSettle(shared, plan, offer);
  const scan = shared.module.function(
    SCAN_PARAMETERS,
    (f) => writeScan(f, plan, { offer, settle }, features),
  );
  return { scan, settle };
}

/** A run of points, and the query as vectors. */
interface Run {
  readonly state: Local;
  readonly query: readonly Local[];
  /** Address of the next point in the first column, and of the end. */
  readonly at: Local;
  readonly stop: Local;
}

function writeScan(
  f: FunctionBuilder<typeof SCAN_PARAMETERS>,
  plan: SearchPlan,
  { offer, settle }: { readonly offer: number; readonly settle: number },
  features: Features,
): void {
  const [state, workspace, first, end] = f.parameters, w = new Writer(f);
  const axes = Array.from({ length: plan.kernel.dimension }, (_, axis) => axis);
  const run: Run = {
    state,
    query: axes.map((axis) => w.let("v128", w.load("v128.load32_splat", state, STATE.query + 4 * axis))),
    at: w.let("i32", w.sum(workspace, w.times(first, 4))),
    stop: w.let("i32", w.sum(workspace, w.times(end, 4))),
  };
  const { at, stop, query } = run;
  const bounds = () => {
    const differences = query.map((one, axis) =>
      w.op("f32x4.sub", w.load("v128.load", at, plan.layout.column(axis)), one)
    );
    return fourBounds(w, plan.metric, differences, features);
  };
  if (stateLayout(plan).room > 0) {
    w.if(w.op("i32.ge_s", w.load("i32.load", state, STATE.pending), 0), () => {
      collect(w, plan, run, bounds);
      w.if(w.op("i32.ge_u", at, stop), () => w.return());
      w.call(settle, state);
    });
  }
  const bound = w.let("v128", w.load("v128.load32_splat", state, STATE.threshold)), mask = f.local("i32");
  w.until(at, stop, 16, () => {
    const four = bounds();
    w.set(mask, w.op("i32x4.bitmask", w.op("f32x4.le", four, bound)));
    w.if(mask, () => {
      // Mask lanes past the end of the run: their bits are at or above the number of points left.
      const left = w.let("i32", w.op("i32.shr_u", w.op("i32.sub", stop, at), 2));
      const all = w.op("i32.sub", w.op("i32.shl", 1, left), 1);
      w.if(w.op("i32.lt_u", left, 4), () => w.set(mask, w.op("i32.and", mask, all)));
      if (plan.kernel.kind === "countWithinRadius") countSure(w, plan, state, four, mask);
      w.while(mask, () => {
        w.call(offer, state, w.sum(at, w.times(w.op("i32.ctz", mask), 4)));
        w.set(mask, w.op("i32.and", mask, w.op("i32.sub", mask, 1)));
      });
      w.set(bound, w.load("v128.load32_splat", state, STATE.threshold));
    });
  });
}

/** Collects points and bounds of their distances while there is room. */
function collect(w: Writer, plan: SearchPlan, { state, at, stop }: Run, bounds: () => Local): void {
  const { f } = w, layout = stateLayout(plan);
  const to = w.let("i32", w.sum(state, w.times(w.load("i32.load", state, STATE.pending), 4)));
  const full = w.let("i32", w.sum(state, 4 * layout.room - 4));
  const place = w.let("v128", w.op("i32x4.add", w.op("i32x4.splat", at), () => f.lanes([0, 4, 8, 12])));
  w.while(w.op("i32.and", w.op("i32.lt_u", at, stop), w.op("i32.lt_u", to, full)), () => {
    w.store("v128.store", to, bounds(), layout.bounds);
    w.store("v128.store", to, place, layout.places);
    w.set(place, w.op("i32x4.add", place, () => f.splat(16)));
    f.increment(to, 16).increment(at, 16);
  });
  // Points are collected four at a time, possibly past the end of the run.
  w.if(w.op("i32.gt_u", at, stop), () => w.set(to, w.op("i32.sub", to, w.op("i32.sub", at, stop))));
  w.store("i32.store", state, w.op("i32.shr_u", w.op("i32.sub", to, state), 2), STATE.pending);
}

/** Counts points certainly within the radius, and removes them from the mask. */
function countSure(w: Writer, plan: SearchPlan, state: Local, bounds: Local, mask: Local): void {
  if (callsPow(plan.kernel)) return;
  const sure = Math.fround(plan.limit * (1 - SINGLE_SLACK) - SINGLE_FLOOR);
  if (!(sure > 0)) return;
  const within = w.op("f32x4.lt", bounds, () => w.f.splat(constantBits("f32", sure)));
  const lanes = w.let("i32", w.op("i32.and", mask, w.op("i32x4.bitmask", within)));
  addCount(w, state, w.op("i32.popcnt", lanes));
  w.set(mask, w.op("i32.sub", mask, lanes));
}

/** Builds the list from the collected points, if there are at least `least`. */
export function settleIf(w: Writer, plan: SearchPlan, state: Local, settle: number, least: number): void {
  if (stateLayout(plan).room === 0) return;
  const pending = w.load("i32.load", state, STATE.pending);
  w.if(w.op("i32.ge_s", pending, Math.max(least, COLLECTED + 1)), () => w.call(settle, state));
}
