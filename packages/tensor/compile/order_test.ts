import { assert, assertEquals } from "@std/assert";
import type { LoopKernel, Program, Step } from "../ir/kernel.ts";
import { orderForMemory } from "./order.ts";
import { planTemporaries } from "./plan.ts";

/** A step defined by what it reads and writes. */
function step(name: string, reads: number[], writes: number[]): Step {
  const buffers = [...reads.map(() => "read"), ...writes.map(() => "write")].map((access) => ({
    dtype: "f32",
    access,
  }));
  const kernel = { kind: "loop", name, buffers, map: [1], reduce: [], accumulators: [], stores: [] };
  return { kernel: kernel as unknown as LoopKernel, args: [...reads, ...writes] };
}

const namesOf = ({ steps }: Program) => steps.map(({ kernel }) => kernel.name);

/** An input, an output, and temporaries of 640 bytes. */
const buffersOf = (temporaries: number): Program["buffers"] => [
  { bytes: 64, role: "external" },
  { bytes: 64, role: "external" },
  ...Array.from({ length: temporaries }, () => ({ bytes: 640, role: "temporary" as const })),
];

Deno.test("orderForMemory() consumes results before it computes more", () => {
  const program: Program = {
    buffers: [...buffersOf(3), ...[64, 64, 64].map((bytes) => ({ bytes, role: "temporary" as const }))],
    steps: [
      step("make a", [0], [2]),
      step("make b", [0], [3]),
      step("make c", [0], [4]),
      step("use a", [2], [5]),
      step("use b", [3], [6]),
      step("use c", [4], [7]),
      step("join", [5, 6, 7], [1]),
    ],
  };
  const ordered = orderForMemory(program);
  assertEquals(namesOf(ordered), ["make a", "use a", "make b", "use b", "make c", "use c", "join"]);
  assert(planTemporaries(ordered).bytes < planTemporaries(program).bytes / 2);
});

Deno.test("orderForMemory() computes late what is needed late", () => {
  const program: Program = {
    buffers: buffersOf(3),
    steps: [
      step("make for the end", [0], [4]),
      step("make", [0], [2]),
      step("go on", [2], [3]),
      step("finish", [3], [1]),
      step("end", [1, 4], [1]),
    ],
  };
  const ordered = orderForMemory(program);
  assertEquals(namesOf(ordered), ["make", "go on", "finish", "make for the end", "end"]);
  assert(planTemporaries(ordered).bytes < planTemporaries(program).bytes);
});

Deno.test("orderForMemory() preserves all dependencies", () => {
  const program: Program = {
    buffers: [...buffersOf(2), { bytes: 6400, role: "temporary" }],
    steps: [
      step("read input", [0], [2]),
      step("long", [0], [4]),
      step("overwrite input", [4], [0]),
      step("read again", [0, 2], [3]),
      step("write output", [3], [1]),
    ],
  };
  const names = namesOf(orderForMemory(program));
  const before = (a: string, b: string) =>
    assert(names.indexOf(a) < names.indexOf(b), `${a}, ${b} in ${names}`);
  before("read input", "overwrite input");
  before("long", "overwrite input");
  before("overwrite input", "read again");
  before("read again", "write output");
});

Deno.test("orderForMemory() preserves an optimal order", () => {
  const program: Program = {
    buffers: buffersOf(2),
    steps: [step("first", [0], [2]), step("second", [2], [3]), step("third", [3], [1])],
  };
  assertEquals(orderForMemory(program), program);
});

Deno.test("orderForMemory() lets nobody overwrite a temporary before all that read it", () => {
  // Overwriting at once would free the large temporary that it reads.
  const program: Program = {
    buffers: [...buffersOf(1), { bytes: 6400, role: "temporary" }, ...buffersOf(1).slice(2)],
    steps: [
      step("write", [0], [2]),
      step("large", [0], [3]),
      step("read", [2], [4]),
      step("overwrite", [3], [2]),
      step("end", [2, 4], [1]),
    ],
  };
  const names = namesOf(orderForMemory(program));
  assert(names.indexOf("read") < names.indexOf("overwrite"), names.join());
});
