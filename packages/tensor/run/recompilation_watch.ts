/**
 * Finds graphs that are compiled again and again because a number in them changes, and says where.
 * @module
 */
import type { GraphStructure } from "./graph_structure.ts";

/** Programs that differ in one number only before there is a warning. */
const MANY = 16;
/** Maximum number of graphs that are watched. */
const MAX_GRAPHS = 256;

interface Watched {
  /** Parameters of all nodes, when it was compiled last. */
  params: readonly string[];
  compilations: number;
}

/** Counts the compilations of graphs that are equal up to the parameters of their operations. */
export class RecompilationWatch {
  /** By hash; the graph compiled longest ago first. */
  readonly #watched = new Map<number, Watched>();

  /**
   * Records that a graph is compiled; must be called in the turn of the event loop in which `evaluate` was.
   *
   * @param structure The graph.
   */
  compiles({ order }: GraphStructure): void {
    const shapes = order.map(({ node, shape, dtype }) =>
      `${node.op} ${dtype} ${shape.join()} ${node.inputs.length}`
    );
    const key = hash(shapes), params = order.map(({ node }) => JSON.stringify(node.params));
    const known = this.#watched.get(key) ?? { params, compilations: 0 };
    const changed = params.findIndex((text, i) => text !== known.params[i]);
    this.#watched.delete(key);
    this.#watched.set(key, known);
    if (this.#watched.size > MAX_GRAPHS) this.#watched.delete(this.#watched.keys().next().value!);
    known.params = params;
    known.compilations++;
    if (known.compilations !== MANY || changed < 0) return;
    const { node: { op }, scope } = order[changed]!;
    const within = scope === "" ? "" : ` in '${scope}'`;
    console.warn(
      `evaluate() has compiled ${MANY} programs that differ only in numbers of '${op}'${within}: each call compiles ` +
        `another, which is slow. Pass positions as tensors (take(), gather()), or compile() a function of them${caller()}`,
    );
  }
}

/** Where `evaluate` was called, if the engine says so. */
function caller(): string {
  const evaluate = `${import.meta.url.slice(0, import.meta.url.lastIndexOf("/"))}/evaluate.`;
  const lines = new Error().stack?.split("\n") ?? [];
  const at = lines.findLastIndex((text) => text.includes(evaluate));
  const line = at < 0 ? undefined : lines[at + 1];
  return line === undefined ? "" : `\n${line}`;
}

/** A hash of a list of texts, below 2⁵³; equal ones are nearly always equal lists. */
function hash(texts: readonly string[]): number {
  let low = 0x811c9dc5, high = 0x1000193;
  for (const text of texts) {
    for (let i = 0; i < text.length; i++) {
      low = Math.imul(low ^ text.charCodeAt(i), 0x01000193);
      high = Math.imul(high ^ text.charCodeAt(i), 0x85ebca6b);
    }
    low = Math.imul(low ^ 10, 0x01000193);
  }
  return (low >>> 0) + (high & 0x1fffff) * 2 ** 32;
}
