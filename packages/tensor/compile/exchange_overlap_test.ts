import { assertEquals } from "@std/assert";
import type { ExchangeKernel, LoopKernel, Program, Step } from "../ir/kernel.ts";
import { overlapExchanges } from "./exchange_overlap.ts";

/** Buffer of the token. */
const TOKEN = 6;

const loop = (name: string, read: readonly number[], write: number): Step => {
  const access = [...read.map(() => "read" as const), "write" as const];
  const kernel: LoopKernel = {
    ...{ kind: "loop", name, map: [1], reduce: [], accumulators: [], stores: [] },
    buffers: access.map((access) => ({ dtype: "f32", access })),
  };
  return { kernel, args: [...read, write] };
};

const sum = (name: string, buffer: number): Step => {
  const kernel: ExchangeKernel = {
    ...{ kind: "allReduce", name, size: 1, ranks: 2 },
    buffers: [{ dtype: "f32", access: "readwrite" }, { dtype: "i32", access: "readwrite" }],
  };
  return { kernel, args: [buffer, TOKEN] };
};

/** Buffers 0 to 3 are temporaries of 64 bytes, 4 and 5 external. */
function programOf(steps: readonly Step[]): Program {
  const temporary = { bytes: 64, role: "temporary" } as const,
    external = { bytes: 64, role: "external" } as const;
  return {
    buffers: [temporary, temporary, temporary, temporary, external, external, { ...temporary, bytes: 4 }],
    steps,
  };
}

const namesOf = ({ steps }: Program) => steps.map(({ kernel }) => kernel.name);

const steps = [
  loop("first gradient", [4], 0),
  sum("first sum", 0),
  loop("first update", [0], 1),
  loop("second gradient", [4], 2),
  sum("second sum", 2),
  loop("second update", [1, 2], 5),
];

Deno.test("overlapExchanges() runs what waits for no exchange while one is under way", () => {
  assertEquals(namesOf(overlapExchanges(programOf(steps), Infinity)), [
    "first gradient",
    "first sum",
    "second gradient",
    "second sum",
    "first update",
    "second update",
  ]);
});

Deno.test("overlapExchanges() keeps the order if much more memory would be live, or there are no exchanges", () => {
  const program = programOf([
    loop("gradient", [4], 0),
    sum("sum", 0),
    loop("update", [0], 4),
    loop("a", [5], 1),
    loop("b", [5], 2),
    loop("c", [1, 2], 5),
  ]);
  assertEquals(overlapExchanges(program, Infinity), program);
  const alone = programOf([loop("a", [4], 0), loop("b", [0], 5)]);
  assertEquals(overlapExchanges(alone, Infinity), alone);
});
