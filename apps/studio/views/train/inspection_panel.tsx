/**
 * What was understood of the data, and the settings of a run on them.
 *
 * @module
 */
import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { isBusy, startRun } from "../../state/training.ts";
import { reportError } from "../../state/notices.ts";
import { PictureCanvas } from "../../ui/picture_canvas.tsx";
import type { Inspection } from "../../worker/training/protocol.ts";
import { showCount } from "./format.ts";
import { freeRunName } from "./run_name.ts";
import { type ChosenData, sourceName } from "./chosen_data.ts";

/** Pictures per row. */
const COLUMNS = 4;
/** Columns of a picture for each column of the gap beside it. */
const GAP = 40;

/** Properties of {@link InspectionPanel}. */
export interface InspectionPanelProps {
  /** Data, and what is known about them. */
  readonly chosen: ChosenData;
  /** Fraction of the data that has been examined. */
  readonly examined: number;
  /** Receives a chosen preset; undefined: the one that suits the data. */
  readonly onPreset: (preset: string | undefined) => void;
}

/** The first items of the data, facts about them, and the form of a run. */
export function InspectionPanel({ chosen, examined, onPreset }: InspectionPanelProps): JSX.Element {
  const { source, preset, found } = chosen;
  if (!found) {
    return (
      <section class="panel train-examining" aria-busy="true">
        <label>
          Examining {sourceName(source)} <progress max={1} value={examined} />
        </label>
      </section>
    );
  }
  return (
    <section class="panel train-inspection" aria-label="What was understood">
      <figure>
        <PictureCanvas
          pictures={found.pictures}
          columns={COLUMNS}
          gap={Math.ceil(found.pictures.width / GAP)}
          label={`The first ${found.pictures.count} items`}
          isCrisp={found.pictures.width <= 64}
        />
        <figcaption>The first {found.pictures.count} items, as training sees them</figcaption>
      </figure>
      <Facts name={sourceName(source)} found={found} />
      <RunForm
        key={preset}
        chosen={chosen}
        found={found}
        onPreset={onPreset}
      />
    </section>
  );
}

/** What `deno task data inspect` says. */
function Facts(
  { name, found: { facts, warnings } }: { readonly name: string; readonly found: Inspection },
): JSX.Element {
  const rows = [
    ["Kind", facts.kind],
    ["Items", showCount(facts.items)],
    ["Shown as", facts.display],
    ["Points", typeof facts.points === "number" ? showCount(facts.points) : facts.points],
    ["Coordinates", facts.coordinates.join("; ")],
    [`Values of ${facts.lookedAt} items`, facts.features.join("; ")],
  ] as const;
  return (
    <div class="stack">
      <h2>{name}</h2>
      <dl class="facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {facts.assumed.length + warnings.length > 0 && (
        <ul class="train-assumed">
          {facts.assumed.map((text) => <li key={text}>Assumed: {text}</li>)}
          {warnings.map((text) => <li key={text}>{text}</li>)}
        </ul>
      )}
    </div>
  );
}

interface RunFormProps {
  readonly chosen: ChosenData;
  readonly found: Inspection;
  readonly onPreset: InspectionPanelProps["onPreset"];
}

/** Preset, length and seed of a run. */
function RunForm({ chosen: { source, preset }, found, onPreset }: RunFormProps): JSX.Element {
  const { config, presets } = found, id = useId();
  const [steps, setSteps] = useState(config.steps), [seed, setSeed] = useState(config.seed);
  const start = async (event: Event) => {
    event.preventDefault();
    const name = await freeRunName(config.preset);
    await startRun({ name, resume: false, source, preset: config.preset, overrides: { steps, seed } });
  };
  return (
    <form class="train-form" onSubmit={(event) => void start(event).catch(reportError)}>
      <h2>Run</h2>
      <div class="field">
        <label for={`${id}-preset`}>Preset</label>
        <select
          id={`${id}-preset`}
          class="input"
          value={preset ?? ""}
          onChange={({ currentTarget }) => onPreset(currentTarget.value || undefined)}
        >
          <option value="">
            {preset ? "the one that suits the data" : `${config.preset} (suits the data)`}
          </option>
          {presets.map((name) => <option key={name} value={name}>{name}</option>)}
        </select>
      </div>
      <NumberField label="Steps" value={steps} min={1} onInput={setSteps} />
      <NumberField label="Seed" value={seed} min={0} onInput={setSeed} />
      <p class="caption">
        {showCount(config.batchSize)} items a step at a resolution of{" "}
        {config.resolution}; a checkpoint is kept every {showCount(config.saveEvery)} steps.
      </p>
      <button type="submit" class="button primary" disabled={isBusy()}>
        {isBusy() ? "Another run is training" : "Start training"}
      </button>
    </form>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly onInput: (value: number) => void;
}

function NumberField({ label, value, min, onInput }: NumberFieldProps): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        class="input"
        type="number"
        required
        min={min}
        max={Number.MAX_SAFE_INTEGER}
        step={1}
        value={value}
        onInput={({ currentTarget }) =>
          Number.isSafeInteger(currentTarget.valueAsNumber) && onInput(currentTarget.valueAsNumber)}
      />
    </div>
  );
}
