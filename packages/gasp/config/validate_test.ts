/** @module */
import { assertEquals, assertThrows } from "@std/assert";
import { UserError } from "./user_error.ts";
import {
  fields,
  listOf,
  nonEmptyText,
  numberWithin,
  oneOf,
  positiveNumber,
  trueOrFalse,
} from "./validate.ts";
import { validate, wholeNumber } from "./validate.ts";

const schema = fields({
  steps: wholeNumber(1),
  seed: wholeNumber(0, 9),
  data: nonEmptyText("a name"),
  training: fields({
    rate: positiveNumber(),
    decay: numberWithin(0, 1, "a number from 0 to 1"),
    ema: trueOrFalse(),
  }),
  layers: listOf(fields({ kind: oneOf(["conv", "pool"]) }), 1),
});

const good = {
  steps: 3,
  seed: 0,
  data: "mnist",
  training: { rate: 0.1, decay: 0, ema: true },
  layers: [{ kind: "conv" as const }, { kind: "pool" as const }],
};

Deno.test("validate() returns a valid value", () => {
  assertEquals(validate(schema, structuredClone(good), "file"), good);
});

Deno.test("validate() names the field, the value and what is allowed", () => {
  const cases: [unknown, string][] = [
    [{ ...good, steps: "3" }, '"steps" is "3", but must be a whole number of at least 1'],
    [{ ...good, steps: 1.5 }, '"steps" is 1.5, but must be a whole number of at least 1'],
    [{ ...good, seed: 10 }, '"seed" is 10, but must be a whole number from 0 to 9'],
    [{ ...good, data: "" }, '"data" is "", but must be a name'],
    [
      { ...good, stps: 3 },
      '"stps" is not a known field; known fields are steps, seed, data, training, layers',
    ],
    [
      { ...good, training: undefined },
      '"training" is undefined, but must be an object with the fields rate, decay, ema',
    ],
    [{ ...good, training: 3 }, '"training" is 3, but must be an object with the fields rate, decay, ema'],
    [{ ...good, training: { rate: 1, decay: 0 } }, '"training.ema" is missing'],
    [
      { ...good, training: { ...good.training, rate: 0 } },
      '"training.rate" is 0, but must be a number above 0',
    ],
    [
      { ...good, training: { ...good.training, decay: 2 } },
      '"training.decay" is 2, but must be a number from 0 to 1',
    ],
    [{ ...good, training: { ...good.training, ema: 1 } }, '"training.ema" is 1, but must be true or false'],
    [{ ...good, layers: [] }, '"layers" is [], but must be a list of length at least 1'],
    [{ ...good, layers: [{ kind: "conf" }] }, '"layers.0.kind" is "conf", but must be one of "conv", "pool"'],
    [7, "the value is 7, but must be an object with the fields steps, seed, data, training, layers"],
  ];
  for (const [value, message] of cases) {
    const error = assertThrows(() => validate(schema, value, "file"), UserError);
    assertEquals(error.message, `file: ${message}`);
  }
});
