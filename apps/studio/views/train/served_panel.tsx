/**
 * A run of this machine: it is only looked at here.
 *
 * @module
 */
import type { JSX } from "preact";
import { served } from "../../state/library.ts";
import { linkTo } from "../../state/route.ts";
import { showCount, showDuration, showRate } from "./format.ts";
import { LossChart } from "./loss_chart.tsx";
import { Measures, RunHead, RunStage } from "./run_stage.tsx";
import { SheetImage } from "./sheet_image.tsx";
import { useServedLosses } from "./use_served_losses.ts";

/** The run. */
export function ServedPanel({ name }: { readonly name: string }): JSX.Element {
  const run = served.value?.find((run) => run.name === name), { lines, steps, rate } = useServedLosses(name);
  const step = Math.max(run?.step ?? 0, lines.at(-1)?.step ?? 0), isLive = run?.live ?? false;
  return (
    <RunStage
      head={
        <RunHead name={name} status={isLive ? "Training in a terminal" : "Of this machine"} isLive={isLive}>
          <a class="button" href={linkTo("explore", { model: `runs/${name}` })}>Explore</a>
          <a class="button" href={linkTo("train")}>New run</a>
        </RunHead>
      }
      picture={<SheetImage file={run?.sheet} />}
      side={
        <>
          <progress class="train-progress" max={steps || 1} value={step} aria-label="Steps" />
          <Measures
            values={[
              ["Step", steps ? `${showCount(step)} of ${showCount(steps)}` : showCount(step)],
              ["Speed", isLive && rate ? `${showRate(rate)} steps/s` : "–"],
              ["Time left", isLive && rate ? showDuration((steps - step) / rate) : "–"],
              ["Preset", run?.preset ?? "–"],
            ]}
          />
          <LossChart lines={lines} steps={steps} />
        </>
      }
    />
  );
}
