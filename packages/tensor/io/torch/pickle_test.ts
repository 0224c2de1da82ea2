/** @module */
import { FileFormatError } from "../file_format_error.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { readPickle } from "./pickle.ts";
import { PickledObject, type PickleVocabulary } from "./pickle_machine.ts";
import { bytesOfParts, Instance, Name, Ordered, type Piece, Tuple, writePickle } from "./torch_testing.ts";

const vocabulary: PickleVocabulary = {
  meaning: (name) => {
    if (name === "collections.OrderedDict") return { call: () => new Map() };
    if (name === "nn.Tanh") return { construct: () => new PickledObject(name) };
    return name === "torch.FloatStorage" ? {} : undefined;
  },
  persistent: (id) => ({ id }),
};

const read = (bytes: Uint8Array) => readPickle(bytes, vocabulary);
/** A pickle of protocol 2 from its opcodes. */
const program = (...parts: Piece[]) => bytesOfParts(0x80, 2, ...parts);
const u32 = (value: number) => new Uint8Array(new Uint32Array([value]).buffer);

const VALUES: readonly (readonly [string, Uint8Array, unknown])[] = [
  ["NONE", program("N."), null],
  ["NEWTRUE and NEWFALSE", program(0x88, 0x89, 0x86, "."), [true, false]],
  ["BININT1", program("K", 255, "."), 255],
  ["BININT2", program("M", 255, 1, "."), 511],
  ["BININT", program("J", u32(-2), "."), -2],
  ["LONG1", program(0x8a, 5, [0, 0, 0, 0, 1], "."), 2 ** 32],
  ["LONG1 below 0", program(0x8a, 1, 0xfe, "."), -2],
  ["LONG1 of no bytes", program(0x8a, 0, "."), 0],
  ["LONG1 beyond 2^53", program(0x8a, 8, [1, 0, 0, 0, 0, 0, 0, 64], "."), 2n ** 62n + 1n],
  ["BINFLOAT", program("G", [0xbf, 0xf8, 0, 0, 0, 0, 0, 0], "."), -1.5],
  ["BINUNICODE", program("X", u32(2), "ä", "."), "ä"],
  ["SHORT_BINUNICODE", program(0x8c, 2, "ab", "."), "ab"],
  ["EMPTY_TUPLE", program(")."), []],
  ["TUPLE1", program("N", 0x85, "."), [null]],
  ["TUPLE3", program("K\x01K\x02K\x03", 0x87, "."), [1, 2, 3]],
  ["TUPLE in a tuple", program("(K\x01(K\x02tt."), [1, [2]]],
  ["APPEND", program("]K\x01a."), [1]],
  ["APPENDS", program("](K\x01K\x02e."), [1, 2]],
  ["SETITEM", program("}K\x01K\x02s."), new Map([[1, 2]])],
  ["SETITEMS", program("}(K\x01K\x02K\x03K\x04u."), new Map([[1, 2], [3, 4]])],
  ["EMPTY_SET and ADDITEMS", program(0x8f, "(K\x01K\x02", 0x90, "."), new Set([1, 2])],
  ["BINPUT and BINGET", program("K\x07q\x03h\x03", 0x86, "."), [7, 7]],
  ["LONG_BINPUT and LONG_BINGET", program("K\x07r", u32(2 ** 31), "j", u32(2 ** 31), 0x86, "."), [7, 7]],
  ["MEMOIZE", program("K\x07", 0x94, "h\x00", 0x86, "."), [7, 7]],
  ["FRAME", program(0x95, new Uint8Array(8), "N."), null],
  ["GLOBAL and REDUCE", program("ccollections\nOrderedDict\n)R."), new Map()],
  [
    "STACK_GLOBAL",
    program(0x8c, 11, "collections", 0x8c, 11, "OrderedDict", 0x93, ")R."),
    new Map(),
  ],
  ["BINPERSID", program("K\x05Q."), { id: 5 }],
];

for (const [what, bytes, value] of VALUES) {
  Deno.test(`readPickle() reads ${what}`, () => assertEquals(read(bytes), value));
}

Deno.test("readPickle() represents an object by its class name and attributes", () => {
  const object = read(writePickle(new Instance(new Name("nn", "Tanh"), new Map([["inplace", false]]))));
  assert(object instanceof PickledObject);
  assertEquals([object.className, object.state], ["nn.Tanh", new Map([["inplace", false]])]);
});

Deno.test("readPickle() drops the attributes of a dictionary", () => {
  assertEquals(read(writePickle(new Ordered([["a", new Tuple([1.5])]]))), new Map([["a", [1.5]]]));
});

Deno.test("readPickle() returns immutable tuples", () => {
  assertThrows(() => read(program(")K\x01a.")), FileFormatError, "a value that is not a list");
});

const REFUSED_OPCODES: readonly (readonly [string, string | number])[] = [
  ["INST", "(ios\nsystem\n"],
  ["OBJ", "(o"],
  ["EXT1", 0x82],
  ["EXT4", 0x84],
  ["NEWOBJ_EX", 0x92],
  ["PERSID", "P0\n"],
  ["DUP", "N2"],
  ["POP", "N0"],
  ["INT", "I1\n"],
  ["BINBYTES", "B"],
  ["STRING", "S'a'\n"],
  ["NEXT_BUFFER", 0x97],
  ["0xff", 0xff],
];

for (const [name, part] of REFUSED_OPCODES) {
  Deno.test(`readPickle() rejects the opcode ${name}`, () => {
    assertThrows(() => read(program(part, ".")), FileFormatError, `the opcode ${name} at byte`);
  });
}

Deno.test("readPickle() rejects pickles that run commands, without running them", async () => {
  const folder = await Deno.makeTempDir();
  const command = `touch ${folder}/ran`, text = bytesOfParts("X", u32(command.length), command);
  const attacks: readonly (readonly [Uint8Array, string])[] = [
    [program("cposix\nsystem\n", text, 0x85, "R."), '"posix.system", which is not allowed'],
    [program("cos\nsystem\n", text, 0x85, "R0N."), '"os.system", which is not allowed'],
    [program(0x8c, 2, "os", 0x8c, 6, "system", 0x93, text, 0x85, "R."), '"os.system"'],
    [program("(", text, "ios\nsystem\n."), "the opcode INST"],
    [program("cbuiltins\neval\n", text, 0x85, "R."), '"builtins.eval"'],
    [program("csubprocess\nPopen\n", text, 0x85, 0x81, "."), '"subprocess.Popen"'],
    [program("c__builtin__\ngetattr\n."), '"__builtin__.getattr"'],
    [program("cconstructor\nconstructor\n."), '"constructor.constructor"'],
    [program("N", text, 0x85, "R."), "a value that is not a global"],
    [program("ctorch\nFloatStorage\n", text, 0x85, "R."), "it calls torch.FloatStorage"],
    [
      program("ccollections\nOrderedDict\n", text, 0x85, 0x81, "."),
      "constructs collections.OrderedDict",
    ],
    [program("cnn\nTanh\n", text, 0x85, 0x81, "."), "constructs nn.Tanh"],
    [program("cnn\nTanh\n}b."), "sets the state of a value that has none"],
  ];
  for (const [bytes, message] of attacks) assertThrows(() => read(bytes), FileFormatError, message);
  assertEquals([...Deno.readDirSync(folder)], []);
  await Deno.remove(folder);
});

const DAMAGED: readonly (readonly [string, Uint8Array, string])[] = [
  ["nothing", new Uint8Array(), "truncated"],
  ["no protocol", bytesOfParts("N."), "does not start with a protocol number"],
  ["protocol 5", bytesOfParts(0x80, 5, "N."), "protocol 5 is not supported"],
  ["protocol 1", bytesOfParts(0x80, 1, "N."), "protocol 1"],
  ["no end", program("N"), "truncated"],
  ["a string beyond the end", program("X", u32(2 ** 32 - 1), "a."), "4294967295 bytes are needed"],
  ["a string that is not UTF-8", program(0x8c, 1, 0xff, "."), "not UTF-8"],
  ["a name without an end", program("cos"), "has no end"],
  ["an empty stack", program("."), "the stack is empty"],
  ["values below a mark", program("K\x01(", 0x85, "."), "the stack is empty"],
  ["no mark", program("]e."), "no mark is set"],
  ["a missing memo entry", program("h\x00."), "the memo has no entry 0"],
  ["values left over", program("NN."), "left over at the end"],
  ["a mark left over", program("(N."), "left over at the end"],
  ["bytes after the end", program("N.N"), "left over at the end"],
  ["a list as arguments", program("ccollections\nOrderedDict\n]R."), "arguments must be a tuple"],
  ["a key without its value", program("}(K\x01u."), "not a dictionary"],
  ["pairs for a list", program("]K\x01K\x02s."), "not a dictionary"],
  ["a list as a key", program("}]K\x02s."), "must be a string or a number"],
  ["items for no set", program("](", 0x90, "."), "not a set"],
  ["names that are not strings", program("NN", 0x93, "."), "a name must be a string"],
];

for (const [what, bytes, message] of DAMAGED) {
  Deno.test(`readPickle() rejects ${what}`, () => {
    assertThrows(() => read(bytes), FileFormatError, message);
  });
}

Deno.test("readPickle() rejects a long pickle, and reads a deep one", () => {
  assertThrows(() => read(program("N".repeat(500_001))), FileFormatError, "more than 500000 opcodes");
  assertThrows(() => read(new Uint8Array(8 * 2 ** 20 + 1)), FileFormatError, "the limit is 8388608");
  let depth = 0;
  for (let value = read(program("]" + "]".repeat(9999) + "a".repeat(9999) + ".")); Array.isArray(value);) {
    value = value[0];
    depth++;
  }
  assertEquals(depth, 10_000);
});
