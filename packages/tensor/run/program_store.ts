/**
 * A bounded store of prepared programs, for caches: the least recently used is released once no run needs it.
 * @module
 */
import type { CompiledProgram } from "../compile/device_program.ts";

interface Entry {
  readonly program: Promise<CompiledProgram>;
  /** Uses in progress. */
  users: number;
  isStored: boolean;
}

/** Prepared programs by key. */
export class ProgramStore {
  readonly #limit: number;
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>();

  /** @param limit Maximum number of programs. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Returns whether the program of a key is stored, or being prepared. */
  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /**
   * Uses the program of a key. It is not released meanwhile.
   *
   * @param key Identifies the program.
   * @param prepare Prepares the program if it is not stored; one that fails is not stored.
   * @param use Uses it.
   * @returns The result of `use`.
   */
  async use<T>(
    key: string,
    prepare: () => Promise<CompiledProgram>,
    use: (program: CompiledProgram) => T | Promise<T>,
  ): Promise<T> {
    const entry = this.#entry(key, prepare);
    entry.users++;
    try {
      return await use(await this.#prepared(key, entry));
    } finally {
      entry.users--;
      releaseUnused(entry);
    }
  }

  /** Removes the program of a key. */
  drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry) this.#remove(key, entry);
  }

  /** Removes all programs. */
  clear(): void {
    for (const [key, entry] of this.#entries) this.#remove(key, entry);
  }

  #entry(key: string, prepare: () => Promise<CompiledProgram>): Entry {
    const known = this.#entries.get(key);
    this.#entries.delete(key);
    const entry = known ?? { program: prepare(), users: 0, isStored: true };
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#limit) {
      const [oldest, unused] = this.#entries.entries().next().value!;
      this.#remove(oldest, unused);
    }
    return entry;
  }

  async #prepared(key: string, entry: Entry): Promise<CompiledProgram> {
    try {
      return await entry.program;
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#remove(key, entry);
      throw error;
    }
  }

  #remove(key: string, entry: Entry): void {
    entry.isStored = false;
    this.#entries.delete(key);
    releaseUnused(entry);
  }
}

function releaseUnused({ program, users, isStored }: Entry): void {
  if (!isStored && users === 0) program.then((p) => p.release(), () => {});
}
