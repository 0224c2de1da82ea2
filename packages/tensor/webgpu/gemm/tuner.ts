/**
 * A short measured search for the tile that suits an adapter, for each class of matrix products.
 *
 * Which tile is taken changes no byte of a result (`gemm_tile.ts`), so it does not matter for a run when it was
 * measured, whether a search was cut short, or whether what was found is still there.
 *
 * @module
 */
import type { GemmKernel, Program } from "../../ir/kernel.ts";
import { type GemmPlan, isThin, planGemm, splitsOf, type Tile, tileName } from "./gemm_tile.ts";
import { classOf, type ProductClass } from "./product_class.ts";
import { volume } from "../shader/unravel.ts";

/** Keeps what was measured on an adapter from run to run: a `Storage` of a browser is one. */
export interface TuningStore {
  /** The text that is kept under a key, or null. */
  getItem(key: string): string | null | Promise<string | null>;
  /** Keeps a text under a key. */
  setItem(key: string, value: string): void | Promise<void>;
}

/** Measures a product with several tiles: the milliseconds that each takes. Throws a RangeError if memory is short. */
export type Measure = (kernel: GemmKernel, tiles: readonly Tile[]) => Promise<readonly number[]>;

/** What a search needs. */
export interface TunerParts {
  /** Key of the adapter in the store. */
  readonly key: string;
  /** Tiles that it can use. */
  readonly tiles: readonly Tile[];
  /** Where results are kept; without one nothing is measured. */
  readonly store: TuningStore | undefined;
  /** How a product is measured. */
  readonly measure: Measure;
}

/** Milliseconds that all searches of one device may take; a product that is not reached is measured next time. */
const BUDGET = 1000;

/** Multiply-adds of a product. */
const workOf = ({ batch, m, n, k }: GemmKernel) => volume(batch) * m * n * k;

/** Chooses tiles, from what was measured as far as it was. */
export class Tuner {
  readonly #parts: TunerParts;
  readonly #chosen = new Map<string, Tile>();
  #spent = 0;
  #loaded = false;
  #turn: Promise<void> = Promise.resolve();

  /** @param parts Adapter, store and measure. */
  constructor(parts: TunerParts) {
    this.#parts = parts;
  }

  /** How a product is computed. */
  plan(kernel: GemmKernel): GemmPlan {
    const tile = isThin(kernel) ? undefined : this.#chosen.get(classOf(kernel).name);
    return tile ? { tile, splits: splitsOf(kernel) } : planGemm(kernel, this.#parts.tiles);
  }

  /** Measures the products of a program that are not known yet, those with most work first, while time is left. */
  learn(program: Program): Promise<void> {
    if (!this.#parts.store) return Promise.resolve();
    // One search at a time: two would disturb each other's measurements.
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

  /** The fastest tile, or undefined if there is no room to measure. */
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
      // A full store is no reason to stop: the next device measures again.
    }
  }
}

/** An object from a text, empty where the text is none: a store may hold anything. */
function parseRecord(text: string | null): object {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
