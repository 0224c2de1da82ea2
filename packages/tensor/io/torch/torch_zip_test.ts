/** @module */
import { gunzip } from "../compression.ts";
import { FileFormatError } from "../file_format_error.ts";
import { toFloat32 } from "../stored_tensor.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { PickledObject } from "./pickle_machine.ts";
import { TorchTensor } from "./torch_tensor.ts";
import {
  bytesOfParts,
  Call,
  Instance,
  Name,
  Ordered,
  Persistent,
  TorchWriter,
  Tuple,
} from "./torch_testing.ts";
import { writePickle, writeZip } from "./torch_testing.ts";
import { readTorchFile } from "./torch_zip.ts";

function tensorOf(value: unknown): TorchTensor {
  assert(value instanceof TorchTensor);
  return value;
}

/** Reads the elements of a saved tensor. */
function elements(value: unknown): number[] {
  return [...toFloat32(tensorOf(value).read())];
}

function readMap(bytes: Uint8Array): Map<string, unknown> {
  const value = readTorchFile(bytes);
  assert(value instanceof Map);
  return value;
}

Deno.test("readTorchFile() reads a file written by PyTorch", () => {
  // torch.save of {"t": b.T, "row": b[1], "half": [0.5], "b": [True]} with b = arange(6).reshape(2, 3), within gzip.
  const packed =
    "H4sIAAAAAAACA4WTz2/TMBTH7fxqydpujMEGgw02hgqCbi0HuDFFKELyYV0mpIpLlaVhiTDLXuJuJ6ReNqk34A9AXBAS/wjnnTlw" +
    "5N/AjquQpNqwYj/Ffp/ve3rP7hJVQ6haRVOjgRZQ8t6ldHPgMrd19I7a1hx6Uxoj5QOgZg9zgAH2WBR7Qas/ZCFNzH7s7w9DOugz" +
    "/zCJ4v5xxwSl2exVuHPCPd0DH1SJmDaNXLYnN03QUsEt0Hsqt97REAxiMKjsEkRUopxBlWCinsGVsedFlPoeC6PDxNyJB37sD16G" +
    "HjPBfOjADIOaA/VUJY5OoBHw+IEaaIEepIqzu1xPPYU5gk/h6jgQ0DyDaw4s9HhdUODSt3BdUpNMX/GtLNEbaaJtWORymMGSSJAr" +
    "3RTLLSm3zOC2A3dSx31YKWhZUUQzrdXUpQN3pda9idaaWNal1n0GGw48GLa6pFL9vjreOeGImN0L21hDs7k2bm7Z1ky+idJp9IIv" +
    "2/zjc8Tn120RYPHjn09L/EDMywK08gHatvVo6pZcPNBzEcn98StUuJbyn0haPlLHthDCAl/+rX8TtcOX4vUMP/bjhF8YwT81hcD5" +
    "l4PX/+JjYTKJfJkbU6LFF1Jm8xWsFbifGBXaUibzFSmSTaVAtstkvhhF8nOR7JTJfBXqBfI8Iyel6xLDeDw5XFGfZI56yW5gaedV" +
    "aTknXj96psl/2THdkIye+kvfv1OQcG2ZBAAA";
  const saved = readMap(gunzip(Uint8Array.from(atob(packed), (character) => character.charCodeAt(0))));
  assertEquals([...saved.keys()], ["t", "row", "half", "b"]);
  assertEquals(tensorOf(saved.get("t")).shape, [3, 2]);
  assertEquals(elements(saved.get("t")), [0, 3, 1, 4, 2, 5]);
  assertEquals(elements(saved.get("row")), [3, 4, 5]);
  assertEquals([tensorOf(saved.get("half")).dtype, ...elements(saved.get("half"))], ["F16", 0.5]);
  assertEquals([tensorOf(saved.get("b")).dtype, ...elements(saved.get("b"))], ["BOOL", 1]);
});

Deno.test("readTorchFile() reads offsets, strides and every shape", () => {
  const writer = new TorchWriter(), data = Float32Array.from({ length: 24 }, (_, i) => i);
  const saved = readMap(writer.file(
    new Map([
      ["whole", writer.tensor(data, [2, 3, 4])],
      ["part", writer.tensor(data, [2, 2], "FloatStorage", 7, [12, 3])],
      ["turned", writer.tensor(data, [4, 3, 2], "FloatStorage", 0, [1, 4, 12])],
      ["scalar", writer.tensor(data, [], "FloatStorage", 5)],
      ["empty", writer.tensor(data, [0, 3])],
      ["ones", writer.tensor(data, [1, 2, 1], "FloatStorage", 1, [99, 1, 77])],
    ]),
  ));
  assertEquals(elements(saved.get("whole")), [...data]);
  assertEquals(elements(saved.get("part")), [7, 10, 19, 22]);
  assertEquals(elements(saved.get("turned")).slice(0, 6), [0, 12, 4, 16, 8, 20]);
  assertEquals(elements(saved.get("scalar")), [5]);
  assertEquals(elements(saved.get("empty")), []);
  assertEquals(elements(saved.get("ones")), [1, 2]);
});

Deno.test("readTorchFile() returns layers as class names with attributes, and parameters as tensors", () => {
  const writer = new TorchWriter(), tensor = writer.tensor(new Float32Array([3]), [1]);
  const saved = readMap(writer.file(
    new Map<string, unknown>([
      [
        "layer",
        new Instance(new Name("torch.nn.modules.activation", "Tanh"), new Map([["training", false]])),
      ],
      [
        "parameter",
        new Call(new Name("torch._utils", "_rebuild_parameter"), [tensor, true, new Ordered([])]),
      ],
      ["set", new Call(new Name("__builtin__", "set"), [[1, 2]])],
      ["size", new Call(new Name("torch", "Size"), [new Tuple([4, 5])])],
    ]),
  ));
  const layer = saved.get("layer");
  assert(layer instanceof PickledObject);
  assertEquals(layer.className, "torch.nn.modules.activation.Tanh");
  assertEquals(elements(saved.get("parameter")), [3]);
  assertEquals([saved.get("set"), saved.get("size")], [new Set([1, 2]), [4, 5]]);
});

Deno.test("readTorchFile() rejects globals that tensors do not need", () => {
  const writer = new TorchWriter();
  for (
    const [module, name] of [
      ["os", "system"],
      ["torch", "load"],
      ["torch.nn.modules.container", "Sequential"],
      ["models.function_distribution", "FunctionDistribution"],
      ["torch._utils", "_rebuild_qtensor"],
      ["torch", "toString"],
      ["torch.nn.modules.activation", "torch"],
    ] as const
  ) {
    const bytes = writer.file(new Call(new Name(module, name), ["touch /tmp/x"]));
    assertThrows(() => readTorchFile(bytes), FileFormatError, `"${module}.${name}", which is not allowed`);
  }
  const called = writer.file(new Call(new Name("torch.nn.modules.activation", "Tanh"), []));
  assertThrows(() => readTorchFile(called), FileFormatError, "it calls torch.nn.modules.activation.Tanh");
});

Deno.test("readTorchFile() rejects tensors that exceed their storage", () => {
  const data = new Float32Array(6);
  const refuse = (message: string, ...rest: [number[], string?, number?, number[]?]) => {
    const writer = new TorchWriter(), bytes = writer.file(writer.tensor(data, ...rest));
    assertThrows(() => readTorchFile(bytes), FileFormatError, message);
  };
  refuse("exceeds its storage of 6 elements", [7]);
  refuse("exceeds its storage", [6], "FloatStorage", 1);
  refuse("exceeds its storage", [2, 3], "FloatStorage", 0, [3, 2]);
  refuse("exceeds its storage", [1_000_000, 1000], "FloatStorage", 0, [0, 0]);
  refuse("whole numbers", [-1]);
  refuse("whole numbers", [2], "FloatStorage", -1);
  refuse("whole numbers", [2], "FloatStorage", 0, [-1]);
  refuse("whole numbers", [2], "FloatStorage", 0, []);
  refuse("a storage of 6 elements of 8 bytes has 24 bytes", [6], "DoubleStorage");
  refuse('"torch.ComplexFloatStorage", which is not allowed', [6], "ComplexFloatStorage");
});

Deno.test("readTorchFile() rejects a long list as a shape, and a missing storage", () => {
  const writer = new TorchWriter();
  const long = writer.file(new Call(new Name("torch", "Size"), [Array(65).fill(1)]));
  assertThrows(() => readTorchFile(long), FileFormatError, "a list of at most 64");
  const storage = (...id: unknown[]) => writer.file(new Persistent(new Tuple(id)));
  const type = new Name("torch", "FloatStorage");
  assertThrows(
    () => readTorchFile(storage("storage", type, "../data.pkl", "cpu", 1)),
    FileFormatError,
    'no storage "model/data/../data.pkl"',
  );
  const half = writeZip([
    ["model/data.pkl", writePickle(new Persistent(new Tuple(["storage", type, "0", "cpu", 1.5])))],
    ["model/data/0", new Uint8Array(6)],
  ]);
  assertThrows(() => readTorchFile(half), FileFormatError, "a storage of 1.5 elements");
  assertThrows(() => readTorchFile(storage("module", type, "0", "cpu", 1)), FileFormatError, "not a storage");
  assertThrows(() => readTorchFile(storage("storage", "x", "0", "cpu", 1)), FileFormatError, "not a storage");
});

Deno.test("readTorchFile() explains what to do with other files", () => {
  const legacy = bytesOfParts(
    [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19],
    ".",
  );
  assertThrows(() => readTorchFile(legacy), FileFormatError, 'torch.save(torch.load("old.pt"');
  const zip = (...names: string[]) => writeZip(names.map((name) => [name, writePickle(null)]));
  assertThrows(() => readTorchFile(zip("a.npy")), FileFormatError, "this archive has 0");
  assertThrows(() => readTorchFile(zip("a/data.pkl", "b/data.pkl")), FileFormatError, "this archive has 2");
  const big = writeZip([["a/data.pkl", writePickle(null)], ["a/byteorder", bytesOfParts("big")]]);
  assertThrows(() => readTorchFile(big), FileFormatError, "big-endian");
  assertThrows(() => readTorchFile(new Uint8Array(100)), FileFormatError, "not a zip archive");
});
