/**
 * The function on the stage, shown as its kind is looked at best.
 *
 * @module
 */
import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { model } from "../../../state/model.ts";
import { reportError } from "../../../state/notices.ts";
import type { ModelInfo } from "../../../worker/core/models.ts";
import { shown } from "../shared/state.ts";
import type { StageProps } from "./stage_props.ts";

/** Stages by kind; their code, three's above all, is loaded when one is needed. */
const STAGES: Readonly<
  Record<ModelInfo["display"]["kind"], () => Promise<{ default: ComponentType<StageProps> }>>
> = {
  image: () => import("./image_stage.tsx"),
  volume: () => import("./shape_stage.tsx"),
  sphere: () => import("./sphere_stage.tsx"),
  curve: () => import("./curve_stage.tsx"),
  cloud: () => import("./cloud_stage.tsx"),
};

/** The stage of the chosen model. */
export function Stage(): JSX.Element {
  const info = model.value, latent = shown.value, kind = info?.display.kind;
  const [loaded, setLoaded] = useState<{ kind: string; Component: ComponentType<StageProps> }>();
  useEffect(() => {
    if (kind) STAGES[kind]().then((module) => setLoaded({ kind, Component: module.default }), reportError);
  }, [kind]);
  if (!info || !latent || !loaded || loaded.kind !== kind || latent.length !== info.latentDim) {
    return <div class="stage" aria-busy="true" />;
  }
  return (
    <div class="stage" data-kind={kind}>
      <loaded.Component info={info} latent={latent} />
    </div>
  );
}
