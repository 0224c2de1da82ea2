/**
 * Tests of the assertions: each passes where it holds and fails where it does not.
 *
 * @module
 */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertExists,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  equal,
  fail,
} from "./mod.ts";

class CodedError extends Error {
  constructor(readonly code: number) {
    super(`code ${code}`);
  }
}

/** Without any assertion of the module under test: a broken one could not report itself. */
function mustFail(fn: () => void): void {
  try {
    fn();
  } catch (error) {
    if (error instanceof AssertionError) return;
  }
  throw new Error(`no AssertionError from ${fn}`);
}

Deno.test("equal() compares by value", () => {
  const same: [unknown, unknown][] = [
    [0, -0],
    [NaN, NaN],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }],
    [new Float32Array([1, NaN]), new Float32Array([1, NaN])],
    [new Uint8Array([1, 2]).buffer, new Uint8Array([1, 2]).buffer],
    [new Map([["a", { b: 1 }]]), new Map([["a", { b: 1 }]])],
    [new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 2 }, { a: 1 }])],
    [new Date(5), new Date(5)],
    [/a/g, /a/g],
    [new Error("a"), new Error("a")],
  ];
  const different: [unknown, unknown][] = [
    [1, "1"],
    [null, undefined],
    [{ a: undefined }, {}],
    [[1, 2], [1, 2, 3]],
    [new Float32Array([1, 2]), new Float32Array([1, 3])],
    [new Float32Array([1, 2]), new Float64Array([1, 2])],
    [new Uint8Array([1, 2]).buffer, new Uint8Array([1, 3]).buffer],
    [new Map([["a", 1]]), new Map([["a", 2]])],
    [new Map([["a", 1]]), new Map([["b", 1]])],
    [new Set([1]), new Set([2])],
    [new Date(5), new Date(6)],
    [/a/g, /a/],
    [new Error("a"), new Error("b")],
  ];
  for (const [a, b] of same) if (!equal(a, b)) throw new Error(`${a} and ${b} must be equal`);
  for (const [a, b] of different) if (equal(a, b)) throw new Error(`${a} and ${b} must differ`);
});

Deno.test("assertEquals(), assertNotEquals() and assertStrictEquals() hold and fail", () => {
  assertEquals([1, { a: 2 }], [1, { a: 2 }]);
  mustFail(() => assertEquals([1], [2]));
  assertNotEquals([1], [2]);
  mustFail(() => assertNotEquals([1], [1]));
  assertStrictEquals(NaN, NaN);
  mustFail(() => assertStrictEquals([1], [1]));
  mustFail(() => assertStrictEquals(0, -0));
});

Deno.test("assertAlmostEquals() allows 1e-7 of the expected number unless told otherwise", () => {
  assertAlmostEquals(1e9, 1e9 + 99);
  mustFail(() => assertAlmostEquals(1e9, 1e9 + 101));
  assertAlmostEquals(1, 1.05, 0.1);
  mustFail(() => assertAlmostEquals(1, 1.2, 0.1));
  assertAlmostEquals(Infinity, Infinity);
  mustFail(() => assertAlmostEquals(NaN, 1));
});

Deno.test("assertThrows() returns the error of the class asked for", () => {
  const error = assertThrows(
    () => {
      throw new CodedError(3);
    },
    CodedError,
    "code",
  );
  assertEquals(error.code, 3);
  const thrower = () => {
    throw new CodedError(1);
  };
  mustFail(() => assertThrows(() => {}));
  mustFail(() => assertThrows(thrower, TypeError));
  mustFail(() => assertThrows(thrower, CodedError, "no such text"));
});

Deno.test("assertRejects() returns the error of the class asked for", async () => {
  const error = await assertRejects(() => Promise.reject(new CodedError(4)), CodedError);
  assertEquals(error.code, 4);
  const reject = () => Promise.reject(new CodedError(1));
  await assertRejects(() => assertRejects(() => Promise.resolve()), AssertionError, "to reject");
  await assertRejects(() => assertRejects(reject, TypeError), AssertionError, "instance");
  const thrower = () => {
    throw new CodedError(1);
  };
  await assertRejects(() => assertRejects(thrower), AssertionError, "throws");
});

Deno.test("the other assertions hold and fail", () => {
  assert(1);
  mustFail(() => assert(0));
  assertExists(0);
  mustFail(() => assertExists(null));
  assertInstanceOf(new CodedError(1), Error);
  mustFail(() => assertInstanceOf(1, Error));
  assertStringIncludes("abc", "bc");
  mustFail(() => assertStringIncludes("abc", "cb"));
  assertMatch("abc", /b/);
  mustFail(() => assertMatch("abc", /d/));
  assertGreater(2, 1);
  mustFail(() => assertGreater(1, 1));
  assertGreaterOrEqual(1, 1);
  mustFail(() => assertGreaterOrEqual(0, 1));
  assertLess(1, 2);
  mustFail(() => assertLess(NaN, 1));
  assertLessOrEqual(1, 1);
  mustFail(() => assertLessOrEqual(2, 1));
  mustFail(() => fail());
});
