/**
 * The view Explore: one function on a stage, and ways to move through latent space.
 *
 * @module
 */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { model } from "../../state/model.ts";
import { setParams } from "../../state/route.ts";
import { Tabs } from "../../ui/tabs.tsx";
import { ViewFrame } from "../../ui/view_frame.tsx";
import { Directions } from "./panel/directions.tsx";
import { Pins } from "./panel/pins.tsx";
import { Plane } from "./panel/plane.tsx";
import { Walk } from "./panel/walk.tsx";
import { Stage } from "./stage/stage.tsx";
import { exploreModel, way } from "./shared/state.ts";

const WAYS = [
  { name: "directions", title: "Directions", panel: Directions },
  { name: "pins", title: "Pins", panel: Pins },
  { name: "plane", title: "Plane", panel: Plane },
  { name: "walk", title: "Walk", panel: Walk },
] as const;

/** The view. */
export default function Explore(): JSX.Element {
  const info = model.value;
  useEffect(() => {
    if (info) exploreModel(info.ref);
  }, [info]);
  const chosen = WAYS.find(({ name }) => name === way.value) ?? WAYS[0], Panel = chosen.panel;
  return (
    <ViewFrame
      title="Explore"
      lead="A sample is a function: look at any part of it, at any resolution, and move through the space it comes from."
    >
      <div class="explore">
        <Stage />
        <div class="panel stack">
          <Tabs
            label="Ways to move"
            tabs={WAYS}
            chosen={chosen.name}
            onChoose={(name) => setParams({ way: name })}
          >
            {info ? <Panel key={info.ref} info={info} /> : <p class="muted">Opening the model …</p>}
          </Tabs>
        </div>
      </div>
    </ViewFrame>
  );
}
