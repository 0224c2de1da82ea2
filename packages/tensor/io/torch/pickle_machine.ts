/**
 * The pickle stack machine: stack, marks, memo and allowed globals.
 * @module
 */
import { FileFormatError } from "../file_format_error.ts";
import { PickleReader } from "./pickle_reader.ts";

/** Maximum length of a name in an error message. */
const SHOWN = 100;

/**
 * A Python object, represented by the name of its class and its attributes.
 *
 * @category Files
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { PickledObject } from "@gasp/tensor";
 *
 * const layer = new PickledObject("torch.nn.modules.linear.Linear");
 * layer.state = new Map([["in_features", 3]]);
 * assertEquals(layer.state.get("in_features"), 3);
 * ```
 */
export class PickledObject {
  /** Attributes. */
  state: ReadonlyMap<unknown, unknown> = new Map();

  /**
   * Constructs an object without attributes.
   *
   * @param className Fully qualified name of the class.
   */
  constructor(readonly className: string) {}
}

/** How an allowed Python global is emulated. */
export interface PickleMeaning {
  /** Emulates a call; absent: it must not be called. */
  readonly call?: (args: readonly unknown[]) => unknown;
  /** Emulates construction without arguments; absent: it must not be constructed. */
  readonly construct?: () => PickledObject;
}

/** An allowed Python global on the stack. */
export class PickleGlobal {
  /**
   * Constructs a global.
   *
   * @param name Fully qualified name, such as `collections.OrderedDict`.
   * @param meaning How it is emulated.
   */
  constructor(readonly name: string, readonly meaning: PickleMeaning) {}
}

/** Globals and external objects that a pickle may refer to. */
export interface PickleVocabulary {
  /**
   * Returns how a global is emulated.
   *
   * @param name Fully qualified name, such as `collections.OrderedDict`.
   * @returns `undefined` if it is not allowed.
   */
  meaning(name: string): PickleMeaning | undefined;
  /**
   * Returns an object stored outside the pickle.
   *
   * @param id Persistent id.
   * @throws {FileFormatError} If there is no such object.
   */
  persistent(id: unknown): unknown;
}

/** The stack machine that executes a pickle. */
export class PickleMachine {
  /** Reader of the pickle. */
  readonly read: PickleReader;
  /** Allowed globals and persistent objects. */
  readonly vocabulary: PickleVocabulary;
  readonly #memo = new Map<number, unknown>();
  readonly #stack: unknown[] = [];
  readonly #marks: number[] = [];

  /**
   * Constructs a machine with an empty stack.
   *
   * @param bytes The pickle.
   * @param vocabulary Allowed globals and persistent objects.
   */
  constructor(bytes: Uint8Array, vocabulary: PickleVocabulary) {
    this.read = new PickleReader(bytes);
    this.vocabulary = vocabulary;
  }

  /** Pushes a value. @param value Any value. */
  push(value: unknown): void {
    this.#stack.push(value);
  }

  /** Pops the top value. */
  pop(): unknown {
    this.#requireValue();
    return this.#stack.pop();
  }

  /** Returns the top value without popping it. */
  top(): unknown {
    this.#requireValue();
    return this.#stack.at(-1);
  }

  /** Sets a mark. */
  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  /** Pops all values above the last mark, in order. */
  popToMark(): unknown[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw new FileFormatError(`pickle: no mark is set at byte ${this.read.position}`);
    return this.#stack.splice(mark);
  }

  /** Pops values as a tuple. @param length Number of values. */
  popTuple(length: number): readonly unknown[] {
    const items = Array.from({ length }, () => this.pop());
    return Object.freeze(items.reverse());
  }

  /** Stores the top value in the memo. @param key Memo key. Default: the next free one. */
  memoize(key: number = this.#memo.size): void {
    this.#memo.set(key, this.top());
  }

  /** Pushes a value from the memo. @param key Memo key. */
  getMemo(key: number): void {
    if (!this.#memo.has(key)) throw new FileFormatError(`pickle: the memo has no entry ${key}`);
    this.push(this.#memo.get(key));
  }

  /**
   * Pushes a global.
   *
   * @param module Python module.
   * @param name Name in the module.
   * @throws {FileFormatError} If it is not allowed.
   */
  pushGlobal(module: string, name: string): void {
    const full = `${module}.${name}`, meaning = this.vocabulary.meaning(full);
    if (!meaning) {
      throw new FileFormatError(
        `pickle: it uses ${
          JSON.stringify(full.slice(0, SHOWN))
        }, which is not allowed: only tensors and plain data are read, code is never executed`,
      );
    }
    this.push(new PickleGlobal(full, meaning));
  }

  /** Returns the final value, after checking that nothing is left over. */
  result(): unknown {
    const value = this.pop();
    if (this.#stack.length > 0 || this.#marks.length > 0 || this.read.left > 0) {
      throw new FileFormatError("pickle: values or bytes are left over at the end, the file is damaged");
    }
    return value;
  }

  #requireValue(): void {
    if (this.#stack.length > (this.#marks.at(-1) ?? 0)) return;
    throw new FileFormatError(`pickle: the stack is empty at byte ${this.read.position}`);
  }
}
