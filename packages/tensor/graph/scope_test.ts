/** @module */
import { assertEquals, assertThrows } from "@std/assert";
import { add, mul } from "../ops/elementwise/arithmetic.ts";
import { compile } from "../run/compile.ts";
import { OracleDevice } from "../compile/oracle_device.ts";
import { currentScope, runInScope, scope } from "./scope.ts";
import { tensor } from "./from_host.ts";

Deno.test("scope() names the tensors created within it, and no others", () => {
  const x = tensor([1, 2]);
  const inner = scope("network", () => scope("layer", () => add(x, 1)));
  assertEquals([x.scope, inner.scope, add(inner, x).scope], ["", "network/layer", ""]);
  assertEquals(scope("network", () => runInScope("elsewhere", () => add(x, 1))).scope, "elsewhere");
});

Deno.test("scope() ends when its function throws", () => {
  assertThrows(() =>
    scope("network", () => {
      throw new Error("no");
    })
  );
  assertEquals(currentScope(), "");
});

Deno.test("scope() does not change kernels, and equal subgraphs of two scopes are computed once", async () => {
  const device = new OracleDevice();
  const twice = (a: string, b: string) =>
    compile((x: ReturnType<typeof tensor>) => {
      const left = scope(a, () => mul(add(x, 1), 3)), right = scope(b, () => mul(add(x, 1), 3));
      return { left, sum: add(left, right) };
    }, { device });
  const x = tensor(Float32Array.from({ length: 8 }, (_, i) => i));
  await twice("", "").plan(x);
  const bare = device.program!;
  await twice("one", "two").plan(x);
  const named = device.program!;
  assertEquals(
    named.steps.map(({ kernel, args }) => ({ kernel, args })),
    bare.steps.map(({ kernel, args }) => ({ kernel, args })),
  );
  assertEquals(named.steps.flatMap(({ scopes }) => scopes ?? []), ["one"]);
  assertEquals(bare.steps.flatMap(({ scopes }) => scopes ?? []), []);
});
