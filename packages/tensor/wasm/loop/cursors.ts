/**
 * Cursors: affine functions of the axes, tracked through nested loops in i32 locals. They are element addresses in
 * bytes, or plain indices (guards, `affine` nodes). Entering a loop copies the cursors that move in it, so leaving
 * restores them.
 */
import type { Affine } from "../../ir/kernel.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import { required } from "../module/required.ts";

/** An affine function to track: `base + scale · (offset + Σ strides · axis)`. */
export interface CursorSpec extends Affine {
  /** Pointer to the start of the buffer, for addresses. */
  readonly base: Local | undefined;
  /** 4 for addresses, 1 for indices. */
  readonly scale: 1 | 4;
}

/** The cursors that a kernel needs; functions that differ by a constant may share one. */
export class CursorTable {
  /** One per cursor. */
  readonly specs: CursorSpec[] = [];
  readonly #byKey = new Map<string, number>();

  /**
   * Returns the cursor of an affine function, created on first use.
   *
   * @param affine Function.
   * @param base Start of the buffer, for an address.
   * @param free Whether the address may be out of bounds (guarded or indirect), so that the cursor may wrap;
   *   others stay in bounds, so that an instruction's offset can be added to them.
   * @returns Its cursor, and the offset to add to it (in elements).
   */
  find(affine: Affine, base?: Local, free: boolean = false): { cursor: number; delta: number } {
    const key = `${base?.index ?? "position"} ${affine.strides.join()} ${free}`;
    let cursor = this.#byKey.get(key);
    if (cursor === undefined) {
      cursor =
        this.specs.push({ offset: affine.offset, strides: affine.strides, base, scale: base ? 4 : 1 }) - 1;
      this.#byKey.set(key, cursor);
    }
    return { cursor, delta: affine.offset - (this.specs[cursor]?.offset ?? 0) };
  }
}

/** An axis of an odometer. */
export interface OdometerAxis {
  /** Index of the axis in the kernel. */
  readonly axis: number;
  /** Number of elements. */
  readonly size: number;
}

/** The current values of the cursors at one loop level. */
export class Cursors {
  readonly #f: FunctionBuilder;
  readonly #specs: readonly CursorSpec[];
  readonly #locals: readonly Local[];

  private constructor(f: FunctionBuilder, specs: readonly CursorSpec[], locals: readonly Local[]) {
    this.#f = f;
    this.#specs = specs;
    this.#locals = locals;
  }

  /**
   * Computes all cursors at a point.
   *
   * @param f Function under construction.
   * @param specs Functions to track.
   * @param position Current index along each axis; `undefined` stands for 0.
   */
  static start(
    f: FunctionBuilder,
    specs: readonly CursorSpec[],
    position: readonly (Local | undefined)[],
  ): Cursors {
    const locals = specs.map(({ base, scale, offset, strides }) => {
      const local = f.local("i32");
      f.i32(scale * offset);
      if (base) f.get(base).op("i32.add");
      strides.forEach((stride, axis) => {
        const at = position[axis];
        if (at && stride !== 0) f.get(at).scale(scale * stride).op("i32.add");
      });
      f.set(local);
      return local;
    });
    return new Cursors(f, specs, locals);
  }

  /** Returns the local of a cursor. */
  local(cursor: number): Local {
    const local = this.#locals[cursor];
    if (!local) throw new Error(`no cursor ${cursor}`);
    return local;
  }

  /** Returns the stride of a cursor along an axis, in elements. */
  stride(cursor: number, axis: number): number {
    return this.#specs[cursor]?.strides[axis] ?? 0;
  }

  /** Copies the cursors that move along any of these axes, for a loop over them. */
  enter(axes: readonly number[]): Cursors {
    const locals = this.#locals.map((local, cursor) => {
      if (axes.every((axis) => this.stride(cursor, axis) === 0)) return local;
      const copy = this.#f.local("i32");
      this.#f.get(local).set(copy);
      return copy;
    });
    return new Cursors(this.#f, this.#specs, locals);
  }

  /** Advances along several axes at once: `steps` holds [axis, number of elements]. */
  move(steps: readonly (readonly [axis: number, by: number])[]): void {
    this.#specs.forEach(({ scale }, cursor) => {
      const by = steps.reduce((sum, [axis, count]) => sum + count * this.stride(cursor, axis), 0);
      this.#f.increment(this.local(cursor), scale * by);
    });
  }

  /** Decomposes a row index into axis indices, for {@link odometer}: emits `index_i = row / Π inner mod size_i`. */
  static decode(f: FunctionBuilder, row: Local, axes: readonly OdometerAxis[]): Local[] {
    let inner = axes.reduce((product, { size }) => product * size, 1);
    return axes.map(({ size }, i) => {
      inner /= size;
      const index = f.local("i32");
      f.get(row);
      if (inner > 1) f.i32(inner).op("i32.div_u");
      if (i > 0) f.i32(size).op("i32.rem_u");
      f.set(index);
      return index;
    });
  }

  /**
   * Visits `count` points of a space in row-major order.
   *
   * @param axes The axes, outer to inner.
   * @param indices Locals with the index along each axis; `undefined` if the visit starts at the origin.
   * @param count Number of points: a local that is counted down, or a constant.
   * @param body Emits the visit of one point, with the cursors there.
   */
  odometer(
    axes: readonly OdometerAxis[],
    indices: readonly Local[] | undefined,
    count: Local | number,
    body: (cursors: Cursors) => void,
  ): void {
    const f = this.#f;
    if (count === 0) return;
    if (count === 1 || axes.length === 0) return body(this);
    const cursors = this.enter(axes.map(({ axis }) => axis));
    const inside = indices ?? axes.map((_, i) => {
      const index = f.local("i32");
      if (i > 0) f.i32(0).set(index);
      return index;
    });
    const left = typeof count === "number" ? f.local("i32") : count;
    if (typeof count === "number") f.i32(count).set(left);
    f.countdown(left, () => {
      body(cursors);
      f.block((done) => cursors.#step(axes, inside, done));
    });
  }

  /** Advances to the next point: increments the innermost axis; an axis at its end carries into the next outer one. */
  #step(
    axes: readonly OdometerAxis[],
    indices: readonly Local[],
    done: Parameters<FunctionBuilder["br"]>[0],
  ): void {
    const f = this.#f;
    for (let i = axes.length - 1; i >= 0; i--) {
      const current = required(axes[i], `axis ${i} of an odometer`), below = axes[i + 1];
      const index = required(indices[i], `index ${i} of an odometer`);
      this.move(below ? [[current.axis, 1], [below.axis, -below.size]] : [[current.axis, 1]]);
      if (i === 0) continue;
      f.get(index).i32(1).op("i32.add").tee(index).i32(current.size).op("i32.ne").brIf(done);
      f.i32(0).set(index);
    }
  }
}
