/**
 * What can be done with a run that does not train.
 *
 * @module
 */
import type { JSX } from "preact";
import { reportError } from "../../state/notices.ts";
import { linkTo, setParams } from "../../state/route.ts";
import { continueRun, isBusy, refreshBrowserRuns, trainer } from "../../state/training.ts";
import { Icon } from "../../ui/icons.tsx";
import { saveFile } from "../../ui/save_file.ts";

/** Properties of {@link RunActions}. */
export interface RunActionsProps {
  /** Name of the run. */
  readonly name: string;
  /** Whether it can be continued. */
  readonly canContinue: boolean;
}

/** Buttons of a run. */
export function RunActions({ name, canContinue }: RunActionsProps): JSX.Element {
  const download = async () => saveFile(await trainer().call("pack", { name }), `${name}.zip`);
  const remove = async () => {
    if (!confirm(`Delete the run ${name} from this browser? It cannot be restored.`)) return;
    await trainer().call("forget", { name });
    setParams({ run: undefined });
    await refreshBrowserRuns();
  };
  return (
    <>
      {canContinue && (
        <button
          type="button"
          class="button primary"
          disabled={isBusy()}
          onClick={() => void continueRun(name)}
        >
          Continue
        </button>
      )}
      <a class="button" href={linkTo("explore", { model: `browser/${name}` })}>Explore</a>
      <button type="button" class="button" onClick={() => void download().catch(reportError)}>
        <Icon name="download" /> Download
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={`Delete ${name}`}
        onClick={() => void remove().catch(reportError)}
      >
        <Icon name="trash" />
      </button>
    </>
  );
}
