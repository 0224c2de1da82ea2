/**
 * The view Compare: two models under the same latents, the same observations and the same metrics.
 *
 * @module
 */
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { ModelSelect } from "../../ui/model_select.tsx";
import { bundled } from "../../state/library.ts";
import { model, modelRef, open } from "../../state/model.ts";
import { reportError } from "../../state/notices.ts";
import { param, setParams } from "../../state/route.ts";
import { Icon } from "../../ui/icons.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { ViewFrame } from "../../ui/view_frame.tsx";
import type { ModelInfo } from "../../worker/core/models.ts";
import { Metrics } from "./metrics.tsx";
import { SameLatents } from "./same_latents.tsx";
import { SameObservations } from "./same_observations.tsx";
import { secondModel } from "./second_model.ts";

const other = param("other"), by = param("by", "latents"), seed = param("seed", "0");

const WAYS = [
  { name: "latents", title: "Same latents" },
  { name: "observations", title: "Same observations" },
  { name: "metrics", title: "Metrics" },
] as const;

/** The view. */
export default function Compare(): JSX.Element {
  const first = model.value, [second, setSecond] = useState<ModelInfo>();
  const chosenRef = other.value || (first && bundled.value.length > 0 && secondModel(first, bundled.value));
  useEffect(() => {
    if (chosenRef) open(chosenRef).then(setSecond, reportError);
  }, [chosenRef]);
  const pair = useMemo(
    () => first && second?.ref === chosenRef ? [first, second!] as const : undefined,
    [first, second, chosenRef],
  );
  const chosen = WAYS.find(({ name }) => name === by.value) ?? WAYS[0];
  const props = pair && { pair, seed: Number(seed.value) || 0 };
  return (
    <ViewFrame
      title="Compare"
      lead="Two runs or two methods side by side: the same latents, the same observations, the same metrics."
    >
      <div class="pair pair-heads">
        <label class="stack">
          <span class="muted">First</span>
          <ModelSelect
            label="First model"
            chosen={modelRef.value}
            onChoose={(model) => setParams({ model })}
          />
        </label>
        <label class="stack">
          <span class="muted">Second</span>
          <ModelSelect
            label="Second model"
            chosen={chosenRef || modelRef.value}
            onChoose={(other) => setParams({ other })}
          />
        </label>
      </div>
      <Tabs
        label="What both have in common"
        tabs={WAYS}
        chosen={chosen.name}
        onChoose={(name) => setParams({ by: name })}
      >
        {!props
          ? <p class="muted">Opening the models …</p>
          : chosen.name === "latents"
          ? <SameLatents {...props} />
          : chosen.name === "observations"
          ? <SameObservations {...props} />
          : <Metrics {...props} />}
      </Tabs>
      {chosen.name !== "metrics" && (
        <div class="row">
          <button
            type="button"
            class="button"
            onClick={() => setParams({ seed: String((Number(seed.value) || 0) + 1) })}
          >
            <Icon name="dice" /> {chosen.name === "latents" ? "Other latents" : "Another function"}
          </button>
        </div>
      )}
    </ViewFrame>
  );
}
