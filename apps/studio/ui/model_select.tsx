/**
 * A list of all models, by where they are.
 *
 * @module
 */
import type { JSX } from "preact";
import { bundled, inBrowser, served } from "../state/library.ts";

/** Properties of {@link ModelSelect}. */
export interface ModelSelectProps {
  /** What the model is for. */
  readonly label: string;
  /** Reference of the chosen model. */
  readonly chosen: string;
  /** Receives the reference of another one. */
  readonly onChoose: (ref: string) => void;
}

/** Chooses a model. */
export function ModelSelect({ label, chosen, onChoose }: ModelSelectProps): JSX.Element {
  const groups = [
    { title: "With the studio", models: bundled.value.map(({ name, title }) => [`bundled/${name}`, title]) },
    { title: "Under runs/", models: (served.value ?? []).map(({ name }) => [`runs/${name}`, name]) },
    { title: "In this browser", models: inBrowser.value.map((name) => [`browser/${name}`, name]) },
  ] as const;
  const isListed = groups.some(({ models }) => models.some(([ref]) => ref === chosen));
  return (
    <select
      class="model-picker"
      aria-label={label}
      value={chosen}
      onChange={(event) => onChoose(event.currentTarget.value)}
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
