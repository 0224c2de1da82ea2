/**
 * Chooses the model that all views show.
 *
 * @module
 */
import type { JSX } from "preact";
import { modelRef } from "../state/model.ts";
import { setParams } from "../state/route.ts";
import { ModelSelect } from "../ui/model_select.tsx";

/** A list of all models. */
export function ModelPicker(): JSX.Element {
  return <ModelSelect label="Model" chosen={modelRef.value} onChoose={(model) => setParams({ model })} />;
}
