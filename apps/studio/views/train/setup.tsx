/**
 * A new run: its data, what was understood of them, its preset.
 *
 * @module
 */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { notify, reportError } from "../../state/notices.ts";
import { setParams } from "../../state/route.ts";
import { refreshBrowserRuns, trainer } from "../../state/training.ts";
import type { DataSource, FileSet } from "../../worker/training/protocol.ts";
import { type ChosenData, sourceName } from "./chosen_data.ts";
import { DataChoice } from "./data_choice.tsx";
import { InspectionPanel } from "./inspection_panel.tsx";

/** Data that were chosen. They stay while other views are shown. */
const data = signal<ChosenData | undefined>(undefined);
/** Fraction of the data that has been examined. */
const examined = signal(0);
/** Why the last data could not be used. */
const failure = signal<string | undefined>(undefined);

/** Choice of data, and the form of a run. */
export function Setup(): JSX.Element {
  const chosen = data.value;
  return (
    <div class="train-setup">
      <DataChoice
        chosen={chosen && "bundled" in chosen.source ? chosen.source.bundled : undefined}
        failure={failure.value}
        onBundled={(bundled) => choose({ bundled })}
        onFiles={(files) => accept(files).catch(reportError)}
      />
      {chosen && (
        <InspectionPanel
          key={JSON.stringify(sourceName(chosen.source))}
          chosen={chosen}
          examined={examined.value}
          onPreset={(preset) => choose(chosen.source, preset)}
        />
      )}
    </div>
  );
}

let inspecting: AbortController | undefined;

/** Examines data. Those that were chosen before stay if these cannot be used. */
function choose(source: DataSource, preset?: string): void {
  const before = data.peek()?.found && data.peek();
  inspecting?.abort();
  const { signal } = inspecting = new AbortController();
  examined.value = 0;
  failure.value = undefined;
  data.value = { source, preset };
  trainer().call("inspect", { source, preset }, { signal, onProgress: (part) => examined.value = part })
    .then((found) => data.value = { source, preset, found }, (error) => {
      if (signal.aborted) return;
      data.value = before;
      failure.value = error.message;
    });
}

/** Takes dropped files: a run, which is kept in this browser, or data. */
async function accept(files: FileSet): Promise<void> {
  if (files.entries.length === 0) {
    failure.value = `${files.location} is empty: drop files, or a folder of them`;
    return;
  }
  const name = await trainer().call("take", { files });
  if (name === undefined) return choose({ files });
  notify(`${name} is kept in this browser now: it can be continued here`);
  await refreshBrowserRuns();
  setParams({ run: name, served: undefined });
}
