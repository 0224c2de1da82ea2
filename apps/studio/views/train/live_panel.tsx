/**
 * The run that trains in this page: samples, losses, speed, and what can be done with it.
 *
 * @module
 */
import type { JSX } from "preact";
import { reportError } from "../../state/notices.ts";
import { changeSheet, type CurrentRun, type RunStatus, stopRun, togglePause } from "../../state/training.ts";
import { Icon } from "../../ui/icons.tsx";
import { PictureCanvas } from "../../ui/picture_canvas.tsx";
import { Slider } from "../../ui/slider.tsx";
import { showCount, showDuration, showRate, showSize } from "./format.ts";
import { LossChart } from "./loss_chart.tsx";
import { RunActions } from "./run_actions.tsx";
import { Measures, RunHead, RunStage } from "./run_stage.tsx";

/** Numbers of samples to choose from: whole sheets. */
const COUNTS = [4, 9, 16, 25, 36, 64];
/** Columns of a picture for each column of the gap beside it. */
const GAP = 40;
/** Seeds of sheets that the dice choose from. */
const SEEDS = 100_000;

const STATUS: Readonly<Record<RunStatus, string>> = {
  starting: "Preparing",
  training: "Training",
  paused: "Paused",
  stopping: "Stopping, and keeping a checkpoint",
  stopped: "Stopped",
  finished: "Finished",
  failed: "Failed",
};

/** The run. */
export function LivePanel({ run }: { readonly run: CurrentRun }): JSX.Element {
  const ready = run.ready.value, status = run.status.value, shown = run.pictures.value;
  const isLive = status === "training" || status === "paused";
  const steps = ready?.config.steps ?? 0;
  return (
    <RunStage
      head={
        <RunHead name={run.name} status={STATUS[status]} isLive={status === "training"}>
          {isLive && (
            <>
              <button type="button" class="button" onClick={() => void togglePause().catch(reportError)}>
                {status === "paused" ? "Resume" : "Pause"}
              </button>
              <button type="button" class="button" onClick={() => void stopRun().catch(reportError)}>
                Stop
              </button>
            </>
          )}
          {!isLive && status !== "starting" && status !== "stopping" && (
            <RunActions name={run.name} canContinue={status === "stopped" || status === "failed"} />
          )}
        </RunHead>
      }
      picture={
        <figure>
          <PictureCanvas
            pictures={shown?.pictures}
            columns={Math.ceil(Math.sqrt(shown?.pictures.count ?? 1))}
            gap={Math.ceil((shown?.pictures.width ?? 1) / GAP)}
            label={shown ? `${shown.pictures.count} samples at step ${shown.step}` : "Samples"}
          />
          <figcaption>
            {shown
              ? `Samples at step ${showCount(shown.step)}, always of the same latents`
              : "Samples appear with the first step"}
          </figcaption>
        </figure>
      }
      side={
        <>
          <Progress run={run} steps={steps} />
          <LossChart lines={run.losses.value} steps={steps} />
          {isLive && <SheetControls run={run} />}
        </>
      }
    />
  );
}

/** How far and how fast. */
function Progress({ run, steps }: { readonly run: CurrentRun; readonly steps: number }): JSX.Element {
  const step = run.step.value, rate = run.rate.value, ready = run.ready.value, saved = run.saved.value;
  const memory = ready?.memoryBytes ?? run.liveBytes.value;
  const isMoving = run.status.value === "training" && rate !== undefined;
  return (
    <>
      <progress class="train-progress" max={steps || 1} value={step} aria-label="Steps" />
      <Measures
        values={[
          ["Step", steps ? `${showCount(step)} of ${showCount(steps)}` : "–"],
          ["Speed", isMoving ? `${showRate(rate)} steps/s` : "–"],
          ["Time left", isMoving ? showDuration((steps - step) / rate) : "–"],
          ["Memory", memory ? showSize(memory) : "–"],
          ["Checkpoint", saved === undefined ? "none yet" : `step ${showCount(saved)}`],
        ]}
      />
      {ready && <p class="caption">On {ready.device}{ready.note && ` (${ready.note})`}.</p>}
    </>
  );
}

/** Which samples are drawn. */
function SheetControls({ run }: { readonly run: CurrentRun }): JSX.Element | null {
  const sheet = run.sheet.value, trained = run.ready.value?.config.resolution;
  if (!sheet || !trained) return null;
  const at = COUNTS.findIndex((count) => count >= sheet.count);
  return (
    <div class="train-sheet" role="group" aria-label="Sheet">
      <Slider
        label="Samples"
        value={at < 0 ? COUNTS.length - 1 : at}
        min={0}
        max={COUNTS.length - 1}
        step={1}
        show={(index) => String(COUNTS[index])}
        onInput={(index) => void changeSheet({ count: COUNTS[index]! })}
      />
      <Slider
        label="Resolution"
        value={sheet.resolution}
        min={Math.max(2, Math.round(trained / 2))}
        max={Math.max(4 * trained, sheet.resolution)}
        step={1}
        onInput={(resolution) => void changeSheet({ resolution })}
      />
      <button
        type="button"
        class="button"
        onClick={() => void changeSheet({ seed: Math.floor(Math.random() * SEEDS) })}
      >
        <Icon name="dice" /> Other samples
      </button>
    </div>
  );
}
