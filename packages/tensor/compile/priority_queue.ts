/**
 * A queue of numbered items by priority.
 * @module
 */

/** A binary heap. An item whose priority changes is added again; outdated entries are skipped. */
export class PriorityQueue {
  readonly #priorities: number[] = [];
  readonly #items: number[] = [];
  readonly #isCurrent: (item: number, priority: number) => boolean;

  /** @param isCurrent Whether an entry still counts: the item is waiting, and has this priority. */
  constructor(isCurrent: (item: number, priority: number) => boolean) {
    this.#isCurrent = isCurrent;
  }

  /** Adds an entry. */
  add(item: number, priority: number): void {
    let at = this.#items.length;
    this.#items.push(item);
    this.#priorities.push(priority);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#precedes(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** Returns the item of least priority and, of those, the lowest number; undefined if none is waiting. */
  first(): { readonly item: number; readonly priority: number } | undefined {
    while (this.#items.length > 0) {
      const item = this.#items[0]!, priority = this.#priorities[0]!;
      if (this.#isCurrent(item, priority)) return { item, priority };
      this.#removeFirst();
    }
    return undefined;
  }

  #removeFirst(): void {
    const last = this.#items.length - 1;
    this.#swap(0, last);
    this.#items.pop();
    this.#priorities.pop();
    for (let at = 0;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < last && this.#precedes(child, least)) least = child;
      }
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #precedes(a: number, b: number): boolean {
    const difference = this.#priorities[a]! - this.#priorities[b]!;
    return difference < 0 || difference === 0 && this.#items[a]! < this.#items[b]!;
  }

  #swap(a: number, b: number): void {
    [this.#items[a], this.#items[b]] = [this.#items[b]!, this.#items[a]!];
    [this.#priorities[a], this.#priorities[b]] = [this.#priorities[b]!, this.#priorities[a]!];
  }
}
