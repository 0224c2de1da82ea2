/**
 * A run of this browser that does not train.
 *
 * @module
 */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { reportError } from "../../state/notices.ts";
import { continueRun, trainer } from "../../state/training.ts";
import type { BrowserRun, LossLine } from "../../worker/training/protocol.ts";
import { showCount, showSize } from "./format.ts";
import { LossChart } from "./loss_chart.tsx";
import { MissingData } from "./missing_data.tsx";
import { RunActions } from "./run_actions.tsx";
import { Measures, RunHead, RunStage } from "./run_stage.tsx";
import { SheetImage } from "./sheet_image.tsx";

/** The run. */
export function StoredPanel({ run }: { readonly run: BrowserRun }): JSX.Element {
  const { name, config, step, bytes, hasData, sheet, data } = run, isFinished = step >= config.steps;
  const [losses, setLosses] = useState<readonly LossLine[]>([]);
  useEffect(() => void trainer().call("losses", { name }).then(setLosses, reportError), [name]);
  return (
    <RunStage
      head={
        <RunHead
          name={name}
          status={isFinished
            ? "Finished"
            : step === 0
            ? "Not started"
            : `Interrupted after step ${showCount(step)}`}
          isLive={false}
        >
          <RunActions name={name} canContinue={!isFinished && hasData} />
        </RunHead>
      }
      picture={<SheetImage file={sheet} />}
      side={
        <>
          <Measures
            values={[
              ["Step", `${showCount(step)} of ${showCount(config.steps)}`],
              ["Preset", config.preset],
              ["Data", data],
              ["Files", showSize(bytes)],
            ]}
          />
          {!isFinished && !hasData && (
            <MissingData
              data={data}
              onFiles={(files) => void continueRun(name, { files })}
            />
          )}
          <LossChart lines={losses} steps={config.steps} />
        </>
      }
    />
  );
}
