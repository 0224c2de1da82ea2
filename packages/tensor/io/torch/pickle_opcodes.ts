/**
 * The pickle opcodes that plain data needs. The others are listed by name only, for error messages.
 * @module
 */
import { FileFormatError } from "../file_format_error.ts";
import { PickledObject, PickleGlobal, type PickleMachine } from "./pickle_machine.ts";

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value) && !Object.isFrozen(value);
}

function requireTuple(value: unknown): readonly unknown[] {
  if (Array.isArray(value) && Object.isFrozen(value)) return value;
  throw new FileFormatError("pickle: arguments must be a tuple");
}

function requireText(value: unknown): string {
  if (typeof value === "string") return value;
  throw new FileFormatError("pickle: a name must be a string");
}

function requireGlobal(value: unknown): PickleGlobal {
  if (value instanceof PickleGlobal) return value;
  throw new FileFormatError("pickle: it calls a value that is not a global, which is not allowed");
}

function append(machine: PickleMachine, items: readonly unknown[]): void {
  const list = machine.top();
  if (!isList(list)) throw new FileFormatError("pickle: items are appended to a value that is not a list");
  for (const item of items) list.push(item);
}

function setItems(machine: PickleMachine, items: readonly unknown[]): void {
  const map = machine.top();
  if (!(map instanceof Map) || items.length % 2 !== 0) {
    throw new FileFormatError("pickle: items are set on a value that is not a dictionary");
  }
  for (let i = 0; i < items.length; i += 2) {
    const key = items[i];
    if (typeof key === "object" && key !== null) {
      throw new FileFormatError("pickle: a dictionary key must be a string or a number");
    }
    map.set(key, items[i + 1]);
  }
}

function addItems(machine: PickleMachine, items: readonly unknown[]): void {
  const set = machine.top();
  if (!(set instanceof Set)) {
    throw new FileFormatError("pickle: items are added to a value that is not a set");
  }
  for (const item of items) set.add(item);
}

/** `callable(*args)`, for allowed globals only. */
function reduce(machine: PickleMachine): void {
  const args = requireTuple(machine.pop()), { name, meaning } = requireGlobal(machine.pop());
  if (!meaning.call) throw new FileFormatError(`pickle: it calls ${name}, which is not allowed`);
  machine.push(meaning.call(args));
}

/** `cls.__new__(cls, *args)`. */
function newObject(machine: PickleMachine): void {
  const args = requireTuple(machine.pop()), { name, meaning } = requireGlobal(machine.pop());
  if (!meaning.construct || args.length > 0) {
    throw new FileFormatError(`pickle: it constructs ${name}, which is not allowed`);
  }
  machine.push(meaning.construct());
}

/** `obj.__dict__.update(state)`. Attributes of dictionaries are dropped. */
function build(machine: PickleMachine): void {
  const state = machine.pop(), target = machine.top();
  if (!(state instanceof Map) || !(target instanceof PickledObject || target instanceof Map)) {
    throw new FileFormatError("pickle: it sets the state of a value that has none, which is not allowed");
  }
  if (target instanceof PickledObject) target.state = state;
}

/** Name and action of an opcode; without an action it is not allowed. */
type Opcode = readonly [name: string, action?: (machine: PickleMachine) => void];

/** Opcodes by their byte. */
export const PICKLE_OPCODES: Readonly<Record<number, Opcode>> = {
  0x28: ["MARK", (m) => m.mark()],
  0x29: ["EMPTY_TUPLE", (m) => m.push(m.popTuple(0))],
  0x30: ["POP"],
  0x31: ["POP_MARK"],
  0x32: ["DUP"],
  0x42: ["BINBYTES"],
  0x43: ["SHORT_BINBYTES"],
  0x46: ["FLOAT"],
  0x47: ["BINFLOAT", (m) => m.push(m.read.f64())],
  0x49: ["INT"],
  0x4a: ["BININT", (m) => m.push(m.read.i32())],
  0x4b: ["BININT1", (m) => m.push(m.read.u8())],
  0x4c: ["LONG"],
  0x4d: ["BININT2", (m) => m.push(m.read.u16())],
  0x4e: ["NONE", (m) => m.push(null)],
  0x50: ["PERSID"],
  0x51: ["BINPERSID", (m) => m.push(m.vocabulary.persistent(m.pop()))],
  0x52: ["REDUCE", reduce],
  0x53: ["STRING"],
  0x54: ["BINSTRING"],
  0x55: ["SHORT_BINSTRING"],
  0x56: ["UNICODE"],
  0x58: ["BINUNICODE", (m) => m.push(m.read.text(m.read.u32()))],
  0x5d: ["EMPTY_LIST", (m) => m.push([])],
  0x61: ["APPEND", (m) => append(m, [m.pop()])],
  0x62: ["BUILD", build],
  0x63: ["GLOBAL", (m) => m.pushGlobal(m.read.line(), m.read.line())],
  0x64: ["DICT"],
  0x65: ["APPENDS", (m) => append(m, m.popToMark())],
  0x67: ["GET"],
  0x68: ["BINGET", (m) => m.getMemo(m.read.u8())],
  0x69: ["INST"],
  0x6a: ["LONG_BINGET", (m) => m.getMemo(m.read.u32())],
  0x6c: ["LIST"],
  0x6f: ["OBJ"],
  0x70: ["PUT"],
  0x71: ["BINPUT", (m) => m.memoize(m.read.u8())],
  0x72: ["LONG_BINPUT", (m) => m.memoize(m.read.u32())],
  0x73: ["SETITEM", (m) => setItems(m, m.popTuple(2))],
  0x74: ["TUPLE", (m) => m.push(Object.freeze(m.popToMark()))],
  0x75: ["SETITEMS", (m) => setItems(m, m.popToMark())],
  0x7d: ["EMPTY_DICT", (m) => m.push(new Map())],
  0x81: ["NEWOBJ", newObject],
  0x82: ["EXT1"],
  0x83: ["EXT2"],
  0x84: ["EXT4"],
  0x85: ["TUPLE1", (m) => m.push(m.popTuple(1))],
  0x86: ["TUPLE2", (m) => m.push(m.popTuple(2))],
  0x87: ["TUPLE3", (m) => m.push(m.popTuple(3))],
  0x88: ["NEWTRUE", (m) => m.push(true)],
  0x89: ["NEWFALSE", (m) => m.push(false)],
  0x8a: ["LONG1", (m) => m.push(m.read.long(m.read.u8()))],
  0x8b: ["LONG4"],
  0x8c: ["SHORT_BINUNICODE", (m) => m.push(m.read.text(m.read.u8()))],
  0x8d: ["BINUNICODE8"],
  0x8e: ["BINBYTES8"],
  0x8f: ["EMPTY_SET", (m) => m.push(new Set())],
  0x90: ["ADDITEMS", (m) => addItems(m, m.popToMark())],
  0x91: ["FROZENSET"],
  0x92: ["NEWOBJ_EX"],
  0x93: ["STACK_GLOBAL", (m) => {
    const [module, name] = m.popTuple(2);
    m.pushGlobal(requireText(module), requireText(name));
  }],
  0x94: ["MEMOIZE", (m) => m.memoize()],
  0x95: ["FRAME", (m) => m.read.skip(8)],
  0x96: ["BYTEARRAY8"],
  0x97: ["NEXT_BUFFER"],
  0x98: ["READONLY_BUFFER"],
};
