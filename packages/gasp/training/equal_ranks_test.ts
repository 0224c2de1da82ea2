import {
  type Device,
  localCommunicators,
  openDevice,
  reference,
  tensor,
  type Tree,
  treeLeaves,
} from "@gasp/tensor";
import { assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../config/user_error.ts";
import { moveToDevice } from "../state/placement.ts";
import { requireEqualStates } from "./equal_ranks.ts";

const stateOf = (rank: number): Tree => ({ bias: tensor([1]), weight: tensor([[1, rank]]) });

Deno.test("requireEqualStates() keeps equal states, and names the first tensor that differs", async () => {
  await Promise.all(
    localCommunicators(2).map(async (communicator) => {
      const state = stateOf(7);
      assertEquals(await requireEqualStates(communicator, state, reference, 3), state);
      await assertRejects(
        () => requireEqualStates(communicator, stateOf(communicator.rank), reference, 3),
        UserError,
        "after step 3, the tensor weight differs between rank 0 and rank 1",
      );
    }),
  );
});

Deno.test("requireEqualStates() gives ranks on different devices the state of rank 0", async () => {
  await Promise.all(
    localCommunicators(2).map(async (communicator) => {
      await using wasm = await openDevice("wasm", { threads: 1 });
      const device: Device = communicator.rank === 0 ? wasm : reference;
      const own = await moveToDevice(stateOf(communicator.rank), device);
      const shared = await requireEqualStates(communicator, own, device, 3);
      const [, weight] = treeLeaves(shared);
      assertEquals([...await weight!.data()], [1, 0]);
      treeLeaves(shared).forEach((leaf) => leaf.dispose());
    }),
  );
});
