/**
 * Traversal and rewriting of the expression graphs of the kernel IR.
 * @module
 */
import type {
  Accumulator,
  Address,
  Affine,
  Guard,
  Kernel,
  Load,
  LoopKernel,
  Scalar,
  Store,
} from "./kernel.ts";

/** The expressions that a node is computed from: arguments, or the indices of a load. */
export function operands(node: Scalar): readonly Scalar[] {
  switch (node.op) {
    case "load":
      return node.address.indirect.map(({ index }) => index);
    case "const":
    case "affine":
    case "accumulator":
      return [];
    default:
      return node.args;
  }
}

/** The arguments of a node, which have values at the same point; indices of a load are only needed where it is in bounds. */
export function argumentsOf(node: Scalar): readonly Scalar[] {
  return "args" in node ? node.args : [];
}

/**
 * Returns every node reachable from the roots once, operands before their users, without recursion.
 *
 * @param roots Expressions.
 * @param skip Nodes to skip, with everything reachable only through them.
 * @param below What a node is reached from: {@link operands} or {@link argumentsOf}.
 */
export function topological(
  roots: readonly Scalar[],
  skip?: (node: Scalar) => boolean,
  below: (node: Scalar) => readonly Scalar[] = operands,
): Scalar[] {
  const seen = new Set<Scalar>();
  const order: Scalar[] = [];
  const stack: { readonly node: Scalar; readonly operands: readonly Scalar[]; next: number }[] = [];
  const enter = (node: Scalar) => {
    if (seen.has(node) || skip?.(node)) return;
    seen.add(node);
    stack.push({ node, operands: below(node), next: 0 });
  };
  for (const root of roots) {
    enter(root);
    while (stack.length > 0) {
      const frame = stack[stack.length - 1]!;
      if (frame.next < frame.operands.length) enter(frame.operands[frame.next++]!);
      else {
        order.push(frame.node);
        stack.pop();
      }
    }
  }
  return order;
}

/** The transformation applied by {@link Rewriter}. */
export interface Rewriting {
  /** Maps each affine function (addresses, guards, indices). */
  readonly affine?: (affine: Affine) => Affine;
  /** Returns the replacement of an accumulator; `undefined` leaves it unchanged. */
  readonly accumulator?: (index: number) => Scalar | undefined;
  /** Returns the replacement of a node whose operands are rewritten already; `undefined` leaves it unchanged. */
  readonly node?: (node: Scalar) => Scalar | undefined;
}

function affineKey({ offset, strides }: Affine): string {
  return `${offset}:${strides.join()}`;
}

/**
 * Rewrites expressions and deduplicates equal nodes. Loads inside the index of a guarded load inherit its guards, so
 * that generated code may evaluate an index before it checks the guards.
 */
export class Rewriter {
  readonly #rewriting: Rewriting;
  readonly #interned = new Map<string, Scalar>();
  readonly #ids = new Map<Scalar, number>();
  readonly #memo = new Map<string, Map<Scalar, Scalar>>();

  /**
   * Creates a rewriter.
   *
   * @param rewriting Transformation; the identity by default.
   */
  constructor(rewriting: Rewriting = {}) {
    this.#rewriting = rewriting;
  }

  /** Rewrites an affine function. */
  affine(affine: Affine): Affine {
    const { offset, strides } = this.#rewriting.affine?.(affine) ?? affine;
    return { offset, strides };
  }

  /** Rewrites an expression. */
  scalar(node: Scalar): Scalar {
    return this.#scalar(node, []);
  }

  /** Rewrites a store. */
  store({ buffer, address, value }: Store): Store {
    return { buffer, address: this.affine(address), value: this.scalar(value) };
  }

  /** Rewrites an accumulator. */
  accumulator({ kind, dtype, value }: Accumulator): Accumulator {
    return { kind, dtype, value: this.scalar(value) };
  }

  /** Returns a key that is equal for equal expressions of this rewriter. */
  key(node: Scalar): string {
    return String(this.#ids.get(node) ?? "new");
  }

  #scalar(root: Scalar, outer: readonly Guard[]): Scalar {
    const context = outer.map((guard) => `${affineKey(guard)}<${guard.size}`).join(";");
    let memo = this.#memo.get(context);
    if (!memo) this.#memo.set(context, memo = new Map());
    for (const node of topological([root], (node) => memo.has(node), argumentsOf)) {
      const rebuilt = this.#rebuild(node, outer, memo);
      memo.set(node, this.#intern(this.#rewriting.node?.(rebuilt) ?? rebuilt));
    }
    return memo.get(root)!;
  }

  /** Rebuilds a node from its rewritten arguments. */
  #rebuild(node: Scalar, outer: readonly Guard[], rewritten: ReadonlyMap<Scalar, Scalar>): Scalar {
    switch (node.op) {
      case "const":
        return node;
      case "affine":
        return { op: "affine", dtype: "i32", affine: this.affine(node.affine) };
      case "load":
        return this.#rebuildLoad(node, outer);
      case "accumulator":
        return this.#rewriting.accumulator?.(node.index) ?? node;
      default:
        return { op: node.op, dtype: node.dtype, args: node.args.map((arg) => rewritten.get(arg)!) };
    }
  }

  #rebuildLoad(load: Load, outer: readonly Guard[]): Load {
    const own = load.guards.map((guard) => ({ ...this.affine(guard), size: guard.size }));
    const guards = [...new Map([...outer, ...own].map((g) => [`${affineKey(g)}<${g.size}`, g])).values()];
    const address: Address = {
      ...this.affine(load.address),
      indirect: load.address.indirect.map(({ stride, index }) => ({
        stride,
        index: this.#scalar(index, guards),
      })),
    };
    return { op: "load", dtype: load.dtype, buffer: load.buffer, address, guards };
  }

  #intern(root: Scalar): Scalar {
    // What `rewriting` returns may be new
    const isKnown = (node: Scalar) => this.#ids.has(node);
    if (!operands(root).every(isKnown)) {
      for (const node of topological(operands(root), isKnown)) this.#internOne(node);
    }
    return this.#internOne(root);
  }

  #internOne(node: Scalar): Scalar {
    const key = structureOf(node, (operand) => this.#ids.get(operand)),
      known = this.#interned.get(key) ?? node;
    if (known === node) this.#interned.set(key, node);
    this.#ids.set(node, this.#ids.get(known) ?? this.#interned.size);
    return known;
  }
}

/** Returns a text that is equal for equal nodes whose operands have the same ids. */
function structureOf(node: Scalar, idOf: (operand: Scalar) => number | undefined): string {
  switch (node.op) {
    case "const":
      return `const ${node.dtype} ${Object.is(node.value, -0) ? "-0" : node.value}`;
    case "affine":
      return `affine ${affineKey(node.affine)}`;
    case "accumulator":
      return `accumulator ${node.dtype} ${node.index}`;
    case "load": {
      const indirect = node.address.indirect.map(({ stride, index }) => `${stride}*${idOf(index)}`).join("+");
      const guards = node.guards.map((guard) => `${affineKey(guard)}<${guard.size}`).join(";");
      return `load ${node.dtype} ${node.buffer} ${affineKey(node.address)} ${indirect} ${guards}`;
    }
    default:
      return `${node.op} ${node.dtype} ${node.args.map(idOf).join()}`;
  }
}

/** Returns every affine function of a loop kernel: addresses, guards, indices. */
export function affinesOf(kernel: Pick<LoopKernel, "accumulators" | "stores">): Affine[] {
  const roots = [...kernel.accumulators, ...kernel.stores].map(({ value }) => value);
  const inside = topological(roots).flatMap((node): readonly Affine[] => {
    if (node.op === "load") return [node.address, ...node.guards];
    return node.op === "affine" ? [node.affine] : [];
  });
  return [...inside, ...kernel.stores.map(({ address }) => address)];
}

/**
 * Returns the number of buffers bound at once; parts of a concatenation run one after another.
 *
 * @param kernel Any kernel.
 */
export function buffersAtOnce(kernel: Kernel): number {
  if (kernel.kind !== "concatenate") return kernel.buffers.length;
  return kernel.parts.reduce((most, { stores }) => {
    const loads = topological(stores.map(({ value }) => value)).filter(({ op }) => op === "load") as Load[];
    return Math.max(most, new Set([...loads, ...stores].map(({ buffer }) => buffer)).size);
  }, 0);
}

/**
 * Returns a key that is equal for kernels with equal code: everything but the name.
 *
 * @param kernel Any kernel.
 * @category Compiler
 */
export function kernelKey(kernel: Kernel): string {
  if (kernel.kind === "chain") {
    const links = kernel.links.map(({ kernel, ...link }) => ({ ...link, kernel: kernelKey(kernel) }));
    return JSON.stringify({ ...kernel, name: "", links });
  }
  if (kernel.kind === "concatenate") {
    return JSON.stringify({ ...kernel, name: "", parts: kernel.parts.map(kernelKey) });
  }
  const values = kernel.kind === "loop"
    ? [...kernel.accumulators, ...kernel.stores].map(({ value }) => value)
    : "stores" in kernel
    ? kernel.stores.map(({ value }) => value)
    : [];
  const nodes = topological(values);
  const ids = new Map(nodes.map((node, i) => [node, i]));
  const idOf = (node: Scalar) => ids.get(node);
  const described = nodes.map((node) => structureOf(node, idOf)).join("\n");
  const shape = Object.entries(kernel).filter(([field]) => field !== "name");
  // A scalar inside an accumulator or a store is serialised as its id.
  const replace = (field: string, value: unknown) => field === "value" ? idOf(value as Scalar) : value;
  return `${JSON.stringify(shape, replace)}\n${described}`;
}
