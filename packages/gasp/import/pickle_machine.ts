/**
 * The stack machine of a pickle: its stack with marks, its notes, and the names that it may use.
 * @module
 */
import { FileFormatError } from "@gasp/tensor";
import { PickleReader } from "./pickle_reader.ts";

/** Characters of a name that a message shows. */
const SHOWN = 100;

/**
 * Stands for a Python object: the name of its class and what it holds.
 *
 * @category Checkpoints
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { PickledObject } from "@gasp/gasp/import";
 *
 * const layer = new PickledObject("torch.nn.modules.linear.Linear");
 * layer.state = new Map([["in_features", 3]]);
 * assertEquals(layer.state.get("in_features"), 3);
 * ```
 */
export class PickledObject {
  /** Its attributes. */
  state: ReadonlyMap<unknown, unknown> = new Map();

  /**
   * An object without attributes.
   *
   * @param className Full name of its class.
   */
  constructor(readonly className: string) {}
}

/** What a name of a Python module means here. */
export interface PickleMeaning {
  /** What stands for its call with some arguments; absent: it may not be called. */
  readonly call?: (args: readonly unknown[]) => unknown;
  /** What stands for an object of this class, made without arguments; absent: none may be made. */
  readonly make?: () => PickledObject;
}

/** A name of a Python module that a pickle uses. It is only a name. */
export class PickleGlobal {
  /**
   * A name with a meaning.
   *
   * @param name Full name: `collections.OrderedDict`.
   * @param meaning What it means here.
   */
  constructor(readonly name: string, readonly meaning: PickleMeaning) {}
}

/** What a pickle may refer to. */
export interface PickleVocabulary {
  /**
   * The meaning of a name.
   *
   * @param name Full name: `collections.OrderedDict`.
   * @returns `undefined` refuses it.
   */
  meaning(name: string): PickleMeaning | undefined;
  /**
   * What lies beside the pickle.
   *
   * @param id Whatever the pickle says of it.
   * @throws {FileFormatError} If there is no such thing.
   */
  persistent(id: unknown): unknown;
}

/** The machine that a pickle is a program for. */
export class PickleMachine {
  /** The rest of the pickle. */
  readonly read: PickleReader;
  /** Names that it may use. */
  readonly vocabulary: PickleVocabulary;
  readonly #notes = new Map<number, unknown>();
  readonly #stack: unknown[] = [];
  readonly #marks: number[] = [];

  /**
   * An empty machine.
   *
   * @param bytes The pickle.
   * @param vocabulary Names that it may use.
   */
  constructor(bytes: Uint8Array, vocabulary: PickleVocabulary) {
    this.read = new PickleReader(bytes);
    this.vocabulary = vocabulary;
  }

  /** Puts a value on the stack. @param value Any. */
  push(value: unknown): void {
    this.#stack.push(value);
  }

  /** Takes the topmost value. */
  pop(): unknown {
    this.#requireValue();
    return this.#stack.pop();
  }

  /** The topmost value, which stays. */
  top(): unknown {
    this.#requireValue();
    return this.#stack.at(-1);
  }

  /** Begins a group of values. */
  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  /** Takes all values since the last mark, in order. */
  popToMark(): unknown[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw new FileFormatError(`pickle: no mark is set at byte ${this.read.position}`);
    return this.#stack.splice(mark);
  }

  /** Takes some values as a tuple. @param length How many. */
  popTuple(length: number): readonly unknown[] {
    const items = Array.from({ length }, () => this.pop());
    return Object.freeze(items.reverse());
  }

  /** Notes the topmost value. @param key Where; by default the next free number. */
  note(key: number = this.#notes.size): void {
    this.#notes.set(key, this.top());
  }

  /** Puts a noted value on the stack. @param key Where it was noted. */
  recall(key: number): void {
    if (!this.#notes.has(key)) throw new FileFormatError(`pickle: nothing was noted under ${key}`);
    this.push(this.#notes.get(key));
  }

  /**
   * Puts a name on the stack.
   *
   * @param module A Python module.
   * @param name A name in it.
   * @throws {FileFormatError} If the vocabulary does not have it.
   */
  pushGlobal(module: string, name: string): void {
    const full = `${module}.${name}`, meaning = this.vocabulary.meaning(full);
    if (!meaning) {
      throw new FileFormatError(
        `pickle: it uses ${
          JSON.stringify(full.slice(0, SHOWN))
        }, which is refused: only tensors and plain data are read, nothing is run`,
      );
    }
    this.push(new PickleGlobal(full, meaning));
  }

  /** Ends the program. */
  result(): unknown {
    const value = this.pop();
    if (this.#stack.length > 0 || this.#marks.length > 0 || this.read.left > 0) {
      throw new FileFormatError("pickle: something is left when it ends, the file is damaged");
    }
    return value;
  }

  #requireValue(): void {
    if (this.#stack.length > (this.#marks.at(-1) ?? 0)) return;
    throw new FileFormatError(`pickle: nothing is on the stack at byte ${this.read.position}`);
  }
}
