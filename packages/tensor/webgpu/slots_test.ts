import { assert, assertEquals } from "@std/assert";
import type { ProgramBuffer } from "../ir/kernel.ts";
import { noise } from "./harness_test.ts";
import type { Dispatch, Lowered } from "./lower.ts";
import { planSlots } from "./slots.ts";

/** A lowered program in which only the use of buffers matters. */
function lowered(bytes: readonly number[], uses: readonly (readonly number[])[]): Lowered {
  return {
    buffers: bytes.map((size): ProgramBuffer => ({ bytes: size, role: "temporary" })),
    dispatches: uses.map((buffers): Dispatch => ({
      name: "use",
      pass: { code: "", params: new Uint32Array(0), bindings: [], groups: 1 },
      buffers,
    })),
  };
}

Deno.test("planSlots() lets temporaries share a buffer when they are never alive together", () => {
  const plan = planSlots(lowered([64, 32, 64], [[0], [0, 1], [1, 2]]));
  assertEquals(plan.slotOf.get(0), plan.slotOf.get(2));
  assertEquals([...plan.bytes].sort(), [32, 64]);
});

Deno.test("planSlots() leaves out external buffers and unused ones", () => {
  const program = lowered([16, 16], [[0]]);
  const external = {
    ...program,
    buffers: [{ bytes: 16, role: "external" as const }, ...program.buffers.slice(1)],
  };
  assertEquals(planSlots(external).bytes, []);
});

Deno.test("planSlots() never gives one buffer to two that are alive together, and wastes little", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = noise(1000, seed).map((x) => (x + 1) / 2);
    let next = 0;
    const draw = (below: number) => Math.floor(random[next++ % 1000]! * below);
    const count = 40, length = 60;
    const bytes = Array.from({ length: count }, () => 16 * (1 + draw(1000)));
    const spans = bytes.map(() => {
      const first = draw(length);
      return [first, Math.min(length - 1, first + draw(10))] as const;
    });
    const uses = Array.from(
      { length },
      (_, at) => spans.flatMap(([first, last], id) => at === first || at === last ? [id] : []),
    );
    const plan = planSlots(lowered(bytes, uses));
    let most = 0;
    for (let at = 0; at < length; at++) {
      const alive = spans.flatMap(([first, last], id) => first <= at && at <= last ? [id] : []);
      assertEquals(new Set(alive.map((id) => plan.slotOf.get(id))).size, alive.length);
      most = Math.max(most, alive.reduce((sum, id) => sum + bytes[id]!, 0));
    }
    bytes.forEach((size, id) => assert(plan.bytes[plan.slotOf.get(id)!]! >= size));
    assert(plan.bytes.reduce((sum, size) => sum + size, 0) <= 1.3 * most);
  }
});
