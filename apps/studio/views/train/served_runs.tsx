/**
 * The runs of this machine, which the terminal trains.
 *
 * @module
 */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { refreshRuns, served } from "../../state/library.ts";
import { reportError } from "../../state/notices.ts";
import { linkTo } from "../../state/route.ts";
import { showCount } from "./format.ts";
import { SheetImage } from "./sheet_image.tsx";

/** Milliseconds between looks at the list. */
const INTERVAL = 3000;

/** A card for each run. */
export function ServedRuns(): JSX.Element | null {
  useEffect(() => {
    const timer = setInterval(() => void refreshRuns().catch(reportError), INTERVAL);
    return () => clearInterval(timer);
  }, []);
  const runs = served.value ?? [];
  if (runs.length === 0) return null;
  return (
    <section class="shelf" aria-labelledby="train-served">
      <h2 id="train-served">Runs of this machine</h2>
      <ul class="cards">
        {runs.map(({ name, step, live, sheet }) => (
          <li class="card" key={name}>
            <a class="card-choose" href={linkTo("train", { served: name })}>
              <SheetImage file={sheet} />
              <span class="card-title">{name}</span>
              <span class={live ? "card-about train-status live" : "card-about"}>
                {live ? "Training in a terminal" : `Step ${showCount(step)}`}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
