/**
 * The exact part of a search: computes the distance of a point in double precision and inserts it into the sorted list;
 * and builds the list from the points collected at first.
 * @module
 */
import type { Label, Local } from "../module/function_builder.ts";
import { constantBits } from "../module/scalar.ts";
import { exactPower, reach, SINGLE_FLOOR, SINGLE_SLACK, threshold } from "./distance.ts";
import { callsPow, type SearchPlan } from "./plan.ts";
import { COLLECTED, distanceWriter, FOUND, STATE, stateLayout } from "./state.ts";
import { type Value, Writer } from "./writer.ts";
import type { SharedFunctions } from "../module/shared_functions.ts";

/** Maximum iterations of the search for a bound that contains about k points. */
const GUESSES = 12;

/**
 * Adds `offer(state, place)`: considers the point at an address of the first column.
 *
 * @param shared Helper functions of the module.
 * @param plan Search.
 * @returns Index of the function.
 */
export function addOffer(shared: SharedFunctions, plan: SearchPlan): number {
  const { kernel, layout, limit } = plan;
  return shared.module.function(["i32", "i32"], (f) => {
    const [state, place] = f.parameters;
    const w = distanceWriter(shared, plan, f);
    const pairs = Array.from({ length: kernel.dimension }, (_, axis) =>
      [
        w.load("f32.load", place, layout.column(axis)),
        w.load("f32.load", state, STATE.query + 4 * axis),
      ] as const);
    const power = w.let("f64", exactPower(w, plan, pairs));
    const within = w.op("f64.le", power, () => f.f64(limit));
    if (kernel.kind === "countWithinRadius") return addCount(w, state, within);
    const index = w.let("i32", w.load("i32.load", place, layout.column(kernel.dimension)));
    insert(w, plan, kernel.k, { state, power, index, within });
  });
}

/** Adds to a query's count. */
export function addCount(w: Writer, state: Local, count: Value): void {
  w.store("i32.store", state, w.sum(w.load("i32.load", state, STATE.count), count), STATE.count);
}

/** Inserts a point into the list, if it is near enough. */
function insert(
  w: Writer,
  plan: SearchPlan,
  k: number,
  { state, power, index, within }: {
    readonly state: Local;
    readonly power: Local;
    readonly index: Local;
    readonly within: Value;
  },
): void {
  const { f } = w, place = f.local("i32"), listEnd = STATE.list + FOUND.bytes * k;
  /** Exits a block unless the point precedes an entry, by (power, index). */
  const leaveUnlessBefore = (entry: Local, offset: number, exit: Label) =>
    f.block((before) => {
      const other = w.let("f64", w.load("f64.load", entry, offset + FOUND.power));
      w.push(w.op("f64.lt", power, other));
      f.brIf(before);
      w.push(w.op("i32.eqz", w.op("f64.eq", power, other)));
      f.brIf(exit);
      w.push(w.op("i32.ge_s", index, w.load("i32.load", entry, offset + FOUND.index)));
      f.brIf(exit);
    });
  const count = w.let("i32", w.load("i32.load", state, STATE.count));
  f.block((rejected) => {
    w.if(w.op("i32.eq", count, k), () => {
      leaveUnlessBefore(state, listEnd - FOUND.bytes, rejected);
      w.set(place, w.sum(state, listEnd - FOUND.bytes));
    }, () => {
      w.push(w.op("i32.eqz", within));
      f.brIf(rejected);
      w.set(place, w.sum(state, w.times(count, FOUND.bytes), STATE.list));
      f.increment(count, 1);
      w.store("i32.store", state, count, STATE.count);
    });
    const previous = f.local("i32");
    f.block((found) =>
      f.loop((again) => {
        w.set(previous, w.op("i32.sub", place, FOUND.bytes));
        leaveUnlessBefore(previous, 0, found);
        w.store("v128.store", place, w.load("v128.load", previous));
        f.get(previous).set(place).br(again);
      })
    );
    w.store("f64.store", place, power, FOUND.power);
    w.store("i32.store", place, index, FOUND.index);
    w.if(w.op("i32.eq", count, k), () => {
      const last = w.let("f64", w.load("f64.load", state, listEnd - FOUND.bytes + FOUND.power));
      const bound = w.let("f64", reach(w, plan, last));
      w.store("f64.store", state, bound, STATE.reach);
      w.store("f32.store", state, threshold(w, bound), STATE.threshold);
    });
  });
}

/**
 * Adds `settle(state)`: builds the list from the collected points. Those within a bound that contains about k of them
 * come first; then the last entry determines which of the others matter.
 *
 * @param shared Helper functions of the module.
 * @param plan Search.
 * @param offer Index of the function that considers a point.
 * @returns Index of the function.
 */
export function addSettle({ module }: SharedFunctions, plan: SearchPlan, offer: number): number {
  const { k, bounds } = stateLayout(plan);
  return module.function(["i32"], (f) => {
    const [state] = f.parameters, w = new Writer(f);
    const pending = w.let("i32", w.load("i32.load", state, STATE.pending));
    w.store("i32.store", state, COLLECTED, STATE.pending);
    const first = w.let("i32", w.sum(state, bounds));
    const end = w.let("i32", w.sum(first, w.times(pending, 4)));
    w.store("v128.store", end, () => f.splat(constantBits("f32", NaN)));
    const bound = w.let("v128", () => f.splat(constantBits("f32", Infinity)));
    w.if(w.op("i32.gt_s", pending, k), () => w.set(bound, findBound(w, k, { state, first, end })));
    const offered = w.let("v128", () => f.splat(constantBits("f32", -1)));
    const columns = { state, first, end };
    if (!callsPow(plan.kernel)) {
      // The bounds are distances up to rounding, twice that of a threshold.
      const slack = w.op("f32x4.mul", bound, () => f.splat(constantBits("f32", 1 + 4 * SINGLE_SLACK)));
      w.set(bound, w.op("f32x4.add", slack, () => f.splat(constantBits("f32", 2 * SINGLE_FLOOR))));
      return offerWithin(w, plan, offer, columns, offered, bound);
    }
    offerWithin(w, plan, offer, columns, offered, bound);
    f.get(bound).set(offered);
    w.set(bound, w.load("v128.load32_splat", state, STATE.threshold));
    offerWithin(w, plan, offer, columns, offered, bound);
  });
}

/**
 * Offers the collected points whose bound is in `(above, most]`. Their addresses are first compacted without branches
 * that depend on the bounds.
 */
function offerWithin(
  w: Writer,
  plan: SearchPlan,
  offer: number,
  { state, first, end }: Record<"state" | "first" | "end", Local>,
  above: Local,
  most: Local,
): void {
  const { bounds, places, picked } = stateLayout(plan);
  const { f } = w, lanes = f.local("v128"), at = f.local("i32"), to = f.local("i32"), mask = f.local("i32");
  w.set(at, first);
  w.set(to, first);
  w.until(at, end, 16, () => {
    w.set(lanes, w.load("v128.load", at));
    const now = w.op("v128.and", w.op("f32x4.le", lanes, most), w.op("f32x4.gt", lanes, above));
    w.set(mask, w.op("i32x4.bitmask", now));
    for (let lane = 0; lane < 4; lane++) {
      w.store("i32.store", to, w.load("i32.load", at, places - bounds + 4 * lane), picked - bounds);
      const bit = w.op("i32.and", w.op("i32.shr_u", mask, lane), 1);
      w.set(to, w.sum(to, w.times(bit, 4)));
    }
  });
  w.set(at, first);
  w.until(at, to, 4, () => w.call(offer, state, w.load("i32.load", at, picked - bounds)));
}

/** Computes a bound, in four lanes, that contains at least k and not many more of the collected points. */
function findBound(
  w: Writer,
  k: number,
  { state, first, end }: Record<"state" | "first" | "end", Local>,
): () => void {
  const { f } = w, at = f.local("i32"), count = f.local("i32"), guesses = w.let("i32", GUESSES);
  const low = w.let("f64", () => f.f64(0)), high = w.let("f64", () => f.f64(Infinity));
  const guess = w.let("f64", w.op("f64.promote_f32", w.load("f32.load", state, STATE.guess)));
  const lanes = w.let("v128", w.load("v128.load", first));
  w.set(at, w.sum(first, 16));
  w.until(at, w.op("i32.sub", end, 12), 16, () => {
    w.set(lanes, w.op("f32x4.max", lanes, w.load("v128.load", at)));
  });
  const largest = w.let("f64", () => f.f64(0));
  for (let lane = 0; lane < 4; lane++) {
    const one = () => void f.get(lanes).lane("f32x4.extract_lane", lane);
    w.set(largest, w.op("f64.max", largest, w.op("f64.promote_f32", one)));
  }
  const usable = w.op("i32.and", w.op("f64.gt", guess, 0), w.op("f64.lt", guess, largest));
  w.if(w.op("i32.eqz", usable), () => w.set(guess, largest));
  const counts = f.local("v128");
  f.block((done) =>
    f.countdown(guesses, () => {
      w.set(lanes, w.op("f32x4.splat", w.op("f32.demote_f64", guess)));
      w.set(counts, () => f.splat(0));
      w.set(at, first);
      w.until(at, end, 16, () => {
        w.set(counts, w.op("i32x4.sub", counts, w.op("f32x4.le", w.load("v128.load", at), lanes)));
      });
      const lane = (i: number) => () => void f.get(counts).lane("i32x4.extract_lane", i);
      w.set(count, w.sum(lane(0), lane(1), lane(2), lane(3)));
      w.if(w.op("i32.lt_s", count, k), () => {
        f.get(guess).set(low);
        const wider = w.op("f64.mul", guess, 1.5),
          middle = w.op("f64.mul", w.op("f64.add", guess, high), 0.5);
        w.set(guess, w.op("f64.min", wider, middle));
      }, () => {
        f.get(guess).set(high);
        w.push(w.op("i32.le_s", count, k + Math.ceil(k / 8)));
        f.brIf(done);
        const part = w.op("f64.div", k + 1, w.op("f64.convert_i32_s", count));
        const middle = w.op("f64.mul", w.op("f64.add", guess, low), 0.5);
        w.set(guess, w.op("f64.max", w.op("f64.mul", guess, part), middle));
      });
    })
  );
  w.store("f32.store", state, w.op("f32.demote_f64", high), STATE.guess);
  return w.op("f32x4.splat", w.op("f32.demote_f64", high));
}
