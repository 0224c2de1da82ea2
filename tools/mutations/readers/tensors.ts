/** Readers of tensors: safetensors, and PyTorch's files, whose pickles could run code in other programs. */
import { importGenerator } from "@gasp/gasp/import";
import { UserError } from "@gasp/gasp";
import { FileFormatError, parseSafetensors, writeSafetensors } from "@gasp/tensor";
import { modelFile } from "../../storm/samples.ts";
import { released } from "../../../packages/gasp/import/released_testing.ts";
import { check, type Files, type Reader } from "../reader.ts";

const named = (name: string, bytes: Uint8Array): Files => ({ [name]: bytes });

/** Errors of these readers, which those of data and of runs wrap. */
const refusals = [FileFormatError, UserError];

const count = (shape: readonly number[]) => shape.reduce((all, length) => all * length, 1);

const safetensors: Reader = {
  refusals,
  name: "safetensors",
  originals: () =>
    Promise.resolve([named(
      "a.safetensors",
      writeSafetensors([
        ["weights", { shape: [2, 3], data: new Float32Array(6) }],
        ["index", { shape: [4], data: new Int32Array(4) }],
        ["mask", { shape: [3], dtype: "BOOL", data: new Uint8Array([0, 1, 1]) }],
        ["scalar", { shape: [], data: new Float64Array(1) }],
      ], [["note", "mutations"]]),
    )]),
  read(files) {
    const { tensors } = parseSafetensors(Object.values(files)[0]!);
    for (const [name, { shape, data }] of tensors) {
      check(count(shape) === data.length, `${name} is not filled`);
    }
    return Promise.resolve();
  },
};

/** Archives of `torch.save`, whose members have checksums. */
const torch: Reader = {
  refusals,
  name: "pt",
  originals: () =>
    Promise.resolve([named("model.pt", modelFile()), named("model.pt", released({ double: true }).bytes)]),
  read(files, original) {
    const model = importGenerator(Object.values(files)[0]!, "model.pt");
    const before = importGenerator(Object.values(original)[0]!, "model.pt");
    for (const [name, { shape, data }] of Object.entries(model.generator)) {
      const expected = before.generator[name];
      check(count(shape) === data.length, `${name} is not filled`);
      check(
        data.every((value, i) => Object.is(value, expected?.data[i])),
        `${name} changed in spite of checksums`,
      );
    }
    return Promise.resolve();
  },
};

/** Pickles in archives with right checksums. */
const pickle: Reader = {
  name: "pickle",
  refusals,
  originals: () => {
    let written: Uint8Array | undefined;
    modelFile((bytes) => written = bytes);
    return Promise.resolve([named("data.pkl", written!)]);
  },
  read(files) {
    const damaged = new Uint8Array(Object.values(files)[0]!);
    const { generator } = importGenerator(modelFile(() => damaged), "model.pt");
    for (const [name, { shape, data }] of Object.entries(generator)) {
      check(count(shape) === data.length, `${name} is not filled`);
    }
    return Promise.resolve();
  },
};

/** The readers of tensors. */
export const TENSORS: readonly Reader[] = [safetensors, torch, pickle];
