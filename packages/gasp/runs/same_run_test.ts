import { assert, assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../config/user_error.ts";
import { requireSameRun } from "./same_run.ts";
import { resolveRunConfig } from "./run_config.ts";

const config = resolveRunConfig({ preset: "tiny" });

/** Returns the message for a configuration changed by `overrides`; `undefined` if it is accepted. */
function refusal(overrides: object): string | undefined {
  const changed = resolveRunConfig({ preset: "tiny", overrides });
  try {
    requireSameRun(changed, { step: 25, config }, "config.json");
    return undefined;
  } catch (error) {
    assert(error instanceof UserError);
    return error.message;
  }
}

Deno.test("requireSameRun() accepts what does not change the numbers of a run", () => {
  for (const overrides of [{ steps: 9 }, { data: "emoji" }, { saveEvery: 3 }, { keepEvery: 2 }]) {
    assertEquals(refusal(overrides), undefined);
  }
});

Deno.test("requireSameRun() names the changed field at any depth, with both values", () => {
  assert(refusal({ model: { latentDim: 7 } })?.includes('"model.latentDim" is 7, but was'));
  assert(refusal({ training: { emaDecay: 0.5 } })?.includes('"training.emaDecay" is 0.5, but was'));
  assert(refusal({ batchSize: 3 })?.startsWith("config.json was changed after the checkpoint of step 25: "));
});

Deno.test("requireSameRun() names a field that only one of them has", () => {
  const { fourier: _, ...model } = config.model as { fourier?: unknown } & typeof config.model;
  const without = { ...config, model };
  assertThrows(
    () => requireSameRun(without, { step: 1, config }, "x"),
    UserError,
    '"model.fourier" is absent',
  );
});
