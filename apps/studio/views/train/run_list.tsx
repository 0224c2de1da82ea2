/**
 * The runs of this browser.
 *
 * @module
 */
import type { JSX } from "preact";
import { linkTo } from "../../state/route.ts";
import { browserRuns, currentRun } from "../../state/training.ts";
import { showCount, showSize } from "./format.ts";
import { SheetImage } from "./sheet_image.tsx";

/** A card for each run, and one for a new one. */
export function RunList(): JSX.Element | null {
  const runs = browserRuns.value ?? [], isTraining = currentRun.value !== undefined;
  if (runs.length === 0 && !isTraining) return null;
  return (
    <section class="shelf" aria-labelledby="train-runs">
      <h2 id="train-runs">Runs in this browser</h2>
      <ul class="cards">
        <li class="card">
          <a class="card-choose train-new" href={linkTo("train")}>
            <span class="card-blank" aria-hidden="true">+</span>
            <span class="card-title">New run</span>
            <span class="card-about">Choose data and train</span>
          </a>
        </li>
        {runs.map(({ name, sheet, step, config, bytes }) => (
          <li class="card" key={name}>
            <a class="card-choose" href={linkTo("train", { run: name })}>
              <SheetImage file={sheet} />
              <span class="card-title">{name}</span>
              <span class="card-about">
                Step {showCount(step)} of {showCount(config.steps)}, {showSize(bytes)}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
