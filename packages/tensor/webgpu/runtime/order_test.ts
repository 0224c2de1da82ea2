import { assert, assertEquals } from "@std/assert";
import type { ProgramBuffer } from "../../ir/kernel.ts";
import { noise } from "./harness_test.ts";
import type { Dispatch, Lowered } from "../program/lower.ts";
import { Batches } from "./batches.ts";
import { graphOf } from "./dispatch_graph.ts";
import { countWaits, schedule } from "./order.ts";
import { planSlots, type SlotPlan } from "./slots.ts";

interface Use {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

function lowered(bytes: readonly number[], uses: readonly Use[]): Lowered {
  return {
    buffers: bytes.map((size): ProgramBuffer => ({ bytes: size, role: "temporary" })),
    dispatches: uses.map(({ reads, writes }, i): Dispatch => ({
      name: `${i}`,
      pass: {
        code: "",
        params: new Uint32Array(0),
        bindings: [...reads, ...writes].map((_, slot) => ({ slot, written: slot >= reads.length })),
        groups: 1,
      },
      buffers: [...reads, ...writes],
      work: { operations: 0, bytes: 0 },
      step: 0,
      part: 0,
    })),
  };
}

function batched(bytes: readonly number[], uses: readonly Use[], limit: number): number[][] {
  const batches = new Batches(graphOf(lowered(bytes, uses)), limit);
  batches.shorten();
  return batches.lists().map((batch) => batch.map(({ name }) => Number(name)));
}

const CHAINS: readonly Use[] = [
  { reads: [0], writes: [1] },
  { reads: [1], writes: [2] },
  { reads: [0], writes: [3] },
  { reads: [3], writes: [4] },
  { reads: [2], writes: [3] },
];

Deno.test("Batches batches independent chains together, and a write after the reads of what it overwrites", () => {
  assertEquals(batched([8, 8, 8, 8, 8], CHAINS, 16), [[0, 2], [1, 3], [4]]);
});

Deno.test("Batches does not move dispatches that write much", () => {
  assertEquals(batched([8, 8, 8, 32, 32], CHAINS, 16), [[0, 2], [1, 3], [4]]);
  assertEquals(batched([8, 32, 32, 32, 32], CHAINS, 16), [[0], [1], [2], [3], [
    4,
  ]]);
});

const bytesOf = (plan: SlotPlan) => plan.bytes.reduce((sum, size) => sum + size, 0);

/** The final contents of each buffer, where a dispatch writes its name and what it read. */
function outcome(dispatches: readonly Dispatch[], count: number): string[] {
  const held = Array.from({ length: count }, (_, i) => `start ${i}`);
  for (const { name, pass, buffers } of dispatches) {
    const read = buffers.map((id) => held[id]).join();
    pass.bindings.forEach(({ written }, i) => {
      if (written) held[buffers[i]!] = `${name}:${hash(`${read} ${i}`)}`;
    });
  }
  return held;
}

function hash(text: string): number {
  return [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) >>> 0, 7);
}

Deno.test("schedule() computes the same as the given order, with fewer waits and within its memory budget", () => {
  let moved = 0, fewer = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const random = noise(2000, seed).map((x) => (x + 1) / 2);
    let next = 0;
    const draw = (below: number) => Math.floor(random[next++ % 2000]! * below);
    const count = 12;
    const bytes = Array.from({ length: count }, () => 2 ** (4 + draw(22)));
    const uses = Array.from({ length: 50 }, () => {
      const first = draw(count), second = (first + 1 + draw(count - 1)) % count;
      return { reads: [first], writes: [second] };
    });
    const program = lowered(bytes, uses);
    const { dispatches, plan } = schedule(program);
    assertEquals(outcome(dispatches, count), outcome(program.dispatches, count));
    const given = {
      dispatches: program.dispatches,
      plan: planSlots(program.buffers, program.dispatches.map((one) => [one])),
    };
    const least = bytesOf(given.plan);
    assert(bytesOf(plan) <= Math.max(1.25 * least, least + 2 ** 20));
    assert(bytesOf(schedule(program, 1.1 * least).plan) <= 1.1 * least);
    assert(bytesOf(schedule(program, 0).plan) <= least);
    const waits = countWaits({ dispatches, plan });
    assert(waits <= countWaits(given));
    if (waits < countWaits(given)) fewer++;
    if (dispatches.some(({ name }, i) => name !== `${i}`)) moved++;
  }
  assert(moved > 10, `dispatches moved in ${moved} programs of 40`);
  assert(fewer > 10, `${fewer} programs of 40 wait less`);
});

Deno.test("countWaits() counts the dispatches that use what was written since the last wait", () => {
  const waitsOf = (uses: readonly Use[]) => {
    const { dispatches } = lowered([8, 8, 8, 8, 8], uses);
    return countWaits({ dispatches, plan: { bytes: [], slotOf: new Map() } });
  };
  assertEquals(waitsOf([{ reads: [0], writes: [1] }, { reads: [0], writes: [2] }]), 0);
  assertEquals(waitsOf([{ reads: [0], writes: [1] }, { reads: [1], writes: [2] }]), 1);
  assertEquals(waitsOf([{ reads: [0], writes: [1] }, { reads: [2], writes: [0] }]), 1);
  assertEquals(waitsOf(CHAINS), 3);
  // Temporaries in one buffer depend on each other
  const { dispatches } = lowered([8, 8, 8], [{ reads: [0], writes: [1] }, { reads: [0], writes: [2] }]);
  assertEquals(countWaits({ dispatches, plan: { bytes: [16], slotOf: new Map([[1, 0], [2, 0]]) } }), 1);
});
