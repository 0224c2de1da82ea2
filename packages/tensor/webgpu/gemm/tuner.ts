/**
 * Autotuning: a short measured search for the best tile on an adapter, for each class of matrix products.
 *
 * The choice of a tile does not change a byte of a result (`gemm_tile.ts`), so it does not matter for a run when it was
 * measured, whether a search was cut short, or whether earlier measurements are still available.
 *
 * @module
 */
import type { GemmKernel, Program } from "../../ir/kernel.ts";
import { type GemmPlan, isThin, planGemm, splitsOf, type Tile, tileName } from "./gemm_tile.ts";
import { classOf, type ProductClass } from "./product_class.ts";
import { volume } from "../shader/unravel.ts";

/**
 * Persists measurements of an adapter between runs; a browser's `Storage` is one.
 *
 * @category Devices
 */
export interface TuningStore {
  /** Returns the value stored under a key, or null. */
  getItem(key: string): string | null | Promise<string | null>;
  /** Stores a value under a key. */
  setItem(key: string, value: string): void | Promise<void>;
}

/** Measures a product with several tiles, in milliseconds each. Throws a RangeError if memory is short. */
export type Measure = (kernel: GemmKernel, tiles: readonly Tile[]) => Promise<readonly number[]>;

/** Dependencies of a tuner. */
export interface TunerParts {
  /** Key of the adapter in the store. */
  readonly key: string;
  /** Tiles that the adapter can use. */
  readonly tiles: readonly Tile[];
  /** Where results are stored; without a store nothing is measured. */
  readonly store: TuningStore | undefined;
  /** Measures a product. */
  readonly measure: Measure;
}

/** Time budget of all searches of a device, in milliseconds; products not reached are measured next time. */
const BUDGET = 1000;

/** Returns the multiply-adds of a product. */
const workOf = ({ batch, m, n, k }: GemmKernel) => volume(batch) * m * n * k;

/** Chooses tiles by measurements, as far as available. */
export class Tuner {
  readonly #parts: TunerParts;
  readonly #chosen = new Map<string, Tile>();
  #spent = 0;
  #loaded = false;
  #turn: Promise<void> = Promise.resolve();

  /** @param parts Adapter, store and measuring function. */
  constructor(parts: TunerParts) {
    this.#parts = parts;
  }

  /** Plans a product. */
  plan(kernel: GemmKernel): GemmPlan {
    const tile = isThin(kernel) ? undefined : this.#chosen.get(classOf(kernel).name);
    return tile ? { tile, splits: splitsOf(kernel) } : planGemm(kernel, this.#parts.tiles);
  }

  /** Measures the products of a program not known yet, in order of decreasing work, within the time budget. */
  learn(program: Program): Promise<void> {
    if (!this.#parts.store) return Promise.resolve();
    // One search at a time: concurrent ones would disturb each other's measurements.
    const search = this.#turn.then(() => this.#search(program));
    this.#turn = search.catch(() => {});
    return search;
  }

  async #search(program: Program): Promise<void> {
    await this.#load();
    const unknown = this.#unknown(program);
    let found = false;
    for (const { name, kernel } of unknown) {
      if (this.#spent >= BUDGET) break;
      const start = performance.now();
      const tile = await this.#fastest(kernel);
      this.#spent += performance.now() - start;
      if (!tile) break;
      this.#chosen.set(name, tile);
      found = true;
    }
    if (found) await this.#save();
  }

  #unknown(program: Program): ProductClass[] {
    const classes = new Map<string, { found: ProductClass; work: number }>();
    for (const { kernel } of program.steps) {
      if (kernel.kind !== "gemm" || workOf(kernel) === 0 || isThin(kernel)) continue;
      const found = classOf(kernel);
      if (this.#chosen.has(found.name)) continue;
      const work = (classes.get(found.name)?.work ?? 0) + workOf(kernel);
      classes.set(found.name, { found, work });
    }
    return [...classes.values()].sort((x, y) => y.work - x.work).map(({ found }) => found);
  }

  /** Returns the fastest tile, or undefined if there is not enough memory to measure. */
  async #fastest(kernel: GemmKernel): Promise<Tile | undefined> {
    const { tiles, measure } = this.#parts;
    try {
      const times = await measure(kernel, tiles);
      return tiles[times.indexOf(Math.min(...times))];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return undefined;
    }
  }

  async #load(): Promise<void> {
    if (this.#loaded) return;
    this.#loaded = true;
    const { store, key, tiles } = this.#parts;
    const named = new Map(tiles.map((tile) => [tileName(tile), tile]));
    for (const [name, tile] of Object.entries(parseRecord(await store?.getItem(key) ?? null))) {
      const known = named.get(String(tile));
      if (known) this.#chosen.set(name, known);
    }
  }

  async #save(): Promise<void> {
    const { store, key } = this.#parts;
    const record = Object.fromEntries([...this.#chosen].map(([name, tile]) => [name, tileName(tile)]));
    try {
      await store?.setItem(key, JSON.stringify(record));
    } catch {
      // A full store is no reason to fail: the next device measures again.
    }
  }
}

/** Parses an object; returns an empty one if the text is not an object, since a store may hold anything. */
function parseRecord(text: string | null): object {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
