/**
 * Gathers elements of an array into a panel `[k][width]`, the layout read by the inner kernels of products, where each
 * column and each k has its own offset. Four adjacent columns, or four adjacent k, are read as a vector.
 * @module
 */
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import type { SharedFunctions } from "../module/shared_functions.ts";
import { mix } from "./pack.ts";

const PARAMETERS = ["i32", "i32", "i32", "i32", "i32"] as const;
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/**
 * Adds the function `(source, target, terms, depth, places)`: element `[k][i]` of the panel at `target` is read from
 * `source + terms[k] + places[i]`, with tables of byte offsets; `depth` is at least 1.
 *
 * @param shared Helper functions of the module.
 * @param width Columns of the panel.
 * @returns Index of the function.
 */
export function gatherPanelFunction(shared: SharedFunctions, width: number): number {
  return shared.get(`gather panel ${width}`, (module) =>
    module.function(PARAMETERS, (f) => {
      const [source, target, terms, depth, table] = f.parameters;
      if (!source || !target || !terms || !depth || !table) return;
      const places = range(width).map((i) => {
        const place = f.local("i32");
        f.get(source).get(table).memory("i32.load", 4 * i).op("i32.add").set(place);
        return place;
      });
      const panel = { target, terms, depth, places };
      if (width % 4 === 0) {
        pushGaps(f, places);
        f.op("i32.eqz").if(() => printVectors(f, panel), () => printScattered(f, panel));
      } else printScattered(f, panel);
    }));
}

interface Panel {
  readonly target: Local;
  readonly terms: Local;
  readonly depth: Local;
  readonly places: readonly Local[];
}

/** Pushes 0 if every four consecutive columns are adjacent in memory. */
function pushGaps(f: FunctionBuilder, places: readonly Local[]): void {
  f.i32(0);
  places.forEach((place, i) => {
    const first = places[i - i % 4];
    if (first && i % 4 > 0) f.get(first).i32(4 * (i % 4)).op("i32.add").get(place).op("i32.ne").op("i32.or");
  });
}

/** Four columns at a time. */
function printVectors(f: FunctionBuilder, { target, terms, depth, places }: Panel): void {
  const term = f.local("i32"), width = places.length;
  const line = (ahead: number) => {
    f.get(terms).memory("i32.load", 4 * ahead).set(term);
    for (let i = 0; i < width; i += 4) {
      f.get(target).get(places[i]!).get(term).op("i32.add").memory("v128.load");
      f.memory("v128.store", 4 * (ahead * width + i));
    }
  };
  const steps = (count: number) => () => {
    range(count).forEach(line);
    f.increment(terms, 4 * count).increment(target, 4 * count * width);
  };
  f.takeSteps(depth, 4, steps(4));
  f.get(depth).if(() => f.countdown(depth, steps(1)));
}

/** Four k at a time where they are adjacent; else one element at a time. */
function printScattered(f: FunctionBuilder, { target, terms, depth, places }: Panel): void {
  const term = f.local("i32"), width = places.length;
  const line = (ahead: number) => {
    f.get(terms).memory("i32.load", 4 * ahead).set(term);
    places.forEach((place, i) => {
      f.get(target).get(place).get(term).op("i32.add").memory("i32.load");
      f.memory("i32.store", 4 * (ahead * width + i));
    });
  };
  f.takeSteps(depth, 4, () => {
    f.get(terms).memory("i32.load").set(term).i32(0);
    range(3).forEach((i) => {
      f.get(term).i32(4 * (i + 1)).op("i32.add").get(terms).memory("i32.load", 4 * (i + 1));
      f.op("i32.ne").op("i32.or");
    });
    f.if(() => range(4).forEach(line), () => printTransposed(f, target, term, places));
    f.increment(terms, 16).increment(target, 16 * width);
  });
  f.get(depth).if(() =>
    f.countdown(depth, () => {
      line(0);
      f.increment(terms, 4).increment(target, 4 * width);
    })
  );
}

/** Four adjacent k of all columns, transposed. */
function printTransposed(f: FunctionBuilder, target: Local, term: Local, places: readonly Local[]): void {
  const width = places.length;
  for (let at = 0; at < width; at += 4) {
    const lines = places.slice(at, at + 4).map((place) => {
      const vector = f.local("v128");
      f.get(place).get(term).op("i32.add").memory("v128.load").set(vector);
      return vector;
    });
    const offset = (k: number) => 4 * (k * width + at);
    const [a, b, c, d] = lines;
    if (a && b && c && d) {
      const low = mix(f, a, b, [0, 4, 1, 5]), high = mix(f, a, b, [2, 6, 3, 7]);
      const low2 = mix(f, c, d, [0, 4, 1, 5]), high2 = mix(f, c, d, [2, 6, 3, 7]);
      for (const [pair, left, right] of [[0, low, low2], [1, high, high2]] as const) {
        f.get(target).get(left).get(right).shuffle([0, 1, 4, 5]).memory("v128.store", offset(2 * pair));
        f.get(target).get(left).get(right).shuffle([2, 3, 6, 7]).memory("v128.store", offset(2 * pair + 1));
      }
    } else {
      lines.forEach((vector, i) =>
        range(4).forEach((k) => {
          f.get(target).get(vector).memoryLane("v128.store32_lane", k, offset(k) + 4 * i);
        })
      );
    }
  }
}
