/**
 * Chooses the model that all views show.
 *
 * @module
 */
import type { JSX } from "preact";
import { bundled, inBrowser, served } from "../state/library.ts";
import { modelRef } from "../state/model.ts";
import { setParams } from "../state/route.ts";

/** A list of all models, by where they are. */
export function ModelPicker(): JSX.Element {
  const groups = [
    { title: "With the studio", models: bundled.value.map(({ name, title }) => [`bundled/${name}`, title]) },
    { title: "Under runs/", models: (served.value ?? []).map(({ name }) => [`runs/${name}`, name]) },
    { title: "In this browser", models: inBrowser.value.map((name) => [`browser/${name}`, name]) },
  ] as const;
  const chosen = modelRef.value;
  const isListed = groups.some(({ models }) => models.some(([ref]) => ref === chosen));
  return (
    <select
      class="model-picker"
      aria-label="Model"
      value={chosen}
      onChange={(event) => setParams({ model: event.currentTarget.value })}
    >
      {!isListed && <option value={chosen}>{chosen.replace(/^[^/]*\//, "")}</option>}
      {groups.filter(({ models }) => models.length > 0).map(({ title, models }) => (
        <optgroup key={title} label={title}>
          {models.map(([ref, name]) => <option key={ref} value={ref}>{name}</option>)}
        </optgroup>
      ))}
    </select>
  );
}
