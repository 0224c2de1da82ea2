/**
 * A WebAssembly module encoder: one imported memory, imported functions, functions, one function table, exports.
 * @module
 */
import { Bytes } from "./bytes.ts";
import { FunctionBuilder, VALUE_TYPE, type ValueType } from "./function_builder.ts";

/** The memory that a module imports as `env.memory`; all modules of one memory declare the same limits. */
export interface MemoryImport {
  /** Whether threads share it. */
  readonly shared: boolean;
  /** Maximum size in pages of 64 KiB. */
  readonly maximum: number;
}

/** A function of f64 arguments and result that a module imports as `env.<name>`. */
export interface FunctionImport {
  /** Name. */
  readonly name: string;
  /** Number of arguments. */
  readonly parameters: number;
}

/** A module under construction. */
export class ModuleBuilder {
  readonly #memory: MemoryImport | undefined;
  readonly #types: string[] = [];
  readonly #typeCodes: Uint8Array[] = [];
  readonly #imports: readonly FunctionImport[];
  readonly #functions: { readonly type: number; body?: Uint8Array }[] = [];
  readonly #exports: { readonly name: string; readonly index: number }[] = [];
  #table: readonly number[] | undefined;

  /**
   * Starts a module.
   *
   * @param memory The memory to import, if any.
   * @param imports The functions to import; they come first in the index space.
   */
  constructor(memory?: MemoryImport, imports: readonly FunctionImport[] = []) {
    this.#memory = memory;
    this.#imports = imports;
  }

  /**
   * Returns the index of an imported function.
   *
   * @param name Name of the function.
   * @throws {Error} If the module does not import it.
   */
  imported(name: string): number {
    const index = this.#imports.findIndex((one) => one.name === name);
    if (index < 0) throw new Error(`the module does not import a function ${name}`);
    return index;
  }

  /** Returns the index of a function type, adding it if necessary. */
  type(parameters: readonly ValueType[], results: readonly ValueType[] = []): number {
    const key = `${parameters.join()}>${results.join()}`;
    const known = this.#types.indexOf(key);
    if (known >= 0) return known;
    const code = new Bytes();
    code.byte(0x60);
    for (const list of [parameters, results]) {
      code.unsigned(list.length);
      for (const type of list) code.byte(VALUE_TYPE[type]);
    }
    this.#typeCodes.push(code.finish());
    return this.#types.push(key) - 1;
  }

  /**
   * Adds a function.
   *
   * @param parameters Types of the parameters.
   * @param build Emits the body; it may only call functions added or declared before.
   * @param options Name under which to export it; result types.
   * @returns Index of the function.
   */
  function<const Parameters extends readonly ValueType[]>(
    parameters: Parameters,
    build: (f: FunctionBuilder<Parameters>) => void,
    options: { readonly export?: string; readonly results?: readonly ValueType[] } = {},
  ): number {
    const index = this.declare(parameters, options.results);
    this.define(index, parameters, build);
    if (options.export !== undefined) this.#exports.push({ name: options.export, index });
    return index;
  }

  /**
   * Declares a function whose body is defined later, for mutual recursion.
   *
   * @param parameters Types of the parameters.
   * @param results Types of the results.
   */
  declare(parameters: readonly ValueType[], results: readonly ValueType[] = []): number {
    return this.#imports.length + this.#functions.push({ type: this.type(parameters, results) }) - 1;
  }

  /**
   * Writes the body of a declared function.
   *
   * @param index Index of the function.
   * @param parameters Types of the parameters, as declared.
   * @param build Emits the body.
   */
  define<const Parameters extends readonly ValueType[]>(
    index: number,
    parameters: Parameters,
    build: (f: FunctionBuilder<Parameters>) => void,
  ): void {
    const declared = this.#functions[index - this.#imports.length];
    if (!declared || declared.body) {
      throw new Error(`function ${index} is not declared, or already has a body`);
    }
    const builder = new FunctionBuilder(parameters);
    build(builder);
    declared.body = builder.finish();
  }

  /** Sets the functions that `call_indirect` can call. */
  table(functions: readonly number[]): void {
    this.#table = functions;
  }

  /** Returns the binary module. */
  finish(): Uint8Array<ArrayBuffer> {
    const out = new Bytes();
    out.append(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
    const memory = this.#memory;
    const imported = this.#imports.map(({ name, parameters }) => ({
      name,
      type: this.type(Array.from({ length: parameters }, () => "f64" as const), ["f64"]),
    }));
    const section = (id: number, write: (body: Bytes) => void) => {
      const body = new Bytes();
      write(body);
      out.byte(id);
      out.sized(body.finish());
    };
    section(1, (body) => {
      body.unsigned(this.#typeCodes.length);
      for (const code of this.#typeCodes) body.append(code);
    });
    if (memory || imported.length > 0) {
      section(2, (body) => {
        body.unsigned(imported.length + (memory ? 1 : 0));
        for (const { name, type } of imported) {
          body.name("env");
          body.name(name);
          body.byte(0x00);
          body.unsigned(type);
        }
        if (!memory) return;
        body.name("env");
        body.name("memory");
        body.byte(0x02);
        body.byte(memory.shared ? 0x03 : 0x01);
        body.unsigned(1);
        body.unsigned(memory.maximum);
      });
    }
    section(3, (body) => {
      body.unsigned(this.#functions.length);
      for (const { type } of this.#functions) body.unsigned(type);
    });
    const table = this.#table;
    if (table) {
      section(4, (body) => {
        body.unsigned(1);
        body.byte(0x70);
        body.byte(0x00);
        body.unsigned(table.length);
      });
    }
    section(7, (body) => {
      body.unsigned(this.#exports.length);
      for (const { name, index } of this.#exports) {
        body.name(name);
        body.byte(0x00);
        body.unsigned(index);
      }
    });
    if (table) {
      section(9, (body) => {
        body.unsigned(1);
        body.unsigned(0);
        body.byte(0x41);
        body.signed(0);
        body.byte(0x0b);
        body.unsigned(table.length);
        for (const index of table) body.unsigned(index);
      });
    }
    section(10, (body) => {
      body.unsigned(this.#functions.length);
      for (const { body: code } of this.#functions) {
        if (!code) throw new Error("a declared function has no body");
        body.sized(code);
      }
    });
    return out.finish();
  }
}
