import { assert, assertEquals } from "@std/assert";
import type { ProgramBuffer } from "../../ir/kernel.ts";
import { noise } from "./harness_test.ts";
import type { Dispatch } from "../program/lower.ts";
import { planSlots, type SlotChoice, type SlotPlan } from "./slots.ts";

/** A plan of temporaries of the given sizes; only the use of buffers matters. */
function planOf(
  bytes: readonly number[],
  batches: readonly (readonly (readonly number[])[])[],
  choice?: SlotChoice,
): SlotPlan {
  const use = (buffers: readonly number[]): Dispatch => ({
    name: "use",
    pass: { code: "", params: new Uint32Array(0), bindings: [], groups: 1 },
    buffers,
    work: { operations: 0, bytes: 0 },
    step: 0,
    part: 0,
  });
  const buffers = bytes.map((size): ProgramBuffer => ({ bytes: size, role: "temporary" }));
  return planSlots(buffers, batches.map((batch) => batch.map(use)), choice);
}

Deno.test("planSlots() shares a buffer between temporaries that are never live together", () => {
  const plan = planOf([64, 32, 64], [[[0]], [[0, 1]], [[1, 2]]]);
  assertEquals(plan.slotOf.get(0), plan.slotOf.get(2));
  assertEquals([...plan.bytes].sort(), [32, 64]);
});

Deno.test("planSlots() separates temporaries of one batch", () => {
  assertEquals(planOf([64, 64, 64], [[[0, 1]], [[1], [2]]]).bytes.length, 2);
  assertEquals(planOf([64, 64], [[[0], [1]]]).bytes.length, 2);
  assertEquals(planOf([64, 64], [[[0]], [[1]]]).bytes.length, 1);
});

Deno.test("planSlots() ignores external and unused buffers", () => {
  const buffers = [{ bytes: 16, role: "external" }, { bytes: 16, role: "temporary" }] as const;
  const dispatch: Dispatch = {
    name: "use",
    pass: { code: "", params: new Uint32Array(0), bindings: [], groups: 1 },
    buffers: [0],
    work: { operations: 0, bytes: 0 },
    step: 0,
    part: 0,
  };
  assertEquals(planSlots(buffers, [[dispatch]]).bytes, []);
});

Deno.test("planSlots() never assigns one buffer to two live temporaries, and wastes little", () => {
  const total = { smallest: 0, "most recent": 0 };
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
    for (const choice of ["smallest", "most recent"] as const) {
      const plan = planOf(bytes, uses.map((use) => [use]), choice);
      let most = 0;
      for (let at = 0; at < length; at++) {
        const alive = spans.flatMap(([first, last], id) => first <= at && at <= last ? [id] : []);
        assertEquals(new Set(alive.map((id) => plan.slotOf.get(id))).size, alive.length);
        most = Math.max(most, alive.reduce((sum, id) => sum + bytes[id]!, 0));
      }
      bytes.forEach((size, id) => assert(plan.bytes[plan.slotOf.get(id)!]! >= size));
      const sum = plan.bytes.reduce((sum, size) => sum + size, 0);
      assert(sum <= 1.3 * most);
      total[choice] += sum;
    }
  }
  assert(total["most recent"] < total.smallest);
});
