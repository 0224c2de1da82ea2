import { UserError } from "@gasp/gasp";
import { evaluate, log, scope, tensor } from "@gasp/tensor";
import { assertEquals, assertRejects } from "@std/assert";
import { withDevice } from "./device.ts";

Deno.test("withDevice() names what --check-numbers found, and checks nothing otherwise", async () => {
  const y = scope("loss", () => log(tensor([-1])));
  for (const device of ["wasm", "reference"]) {
    const run = (isChecked: boolean) =>
      withDevice(
        { device, threads: 1, "check-numbers": isChecked },
        async (device) => await (await evaluate(y, device)).item(),
      );
    assertEquals(await run(false), NaN);
    const message = "--check-numbers: log in scope loss produced NaN, element 0 of 1";
    await assertRejects(() => run(true), UserError, message);
  }
});
