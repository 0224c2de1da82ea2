/**
 * Draws of the posterior that follow the observations.
 *
 * @module
 */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { compute } from "../../state/compute.ts";
import { reportError } from "../../state/notices.ts";
import type { PosteriorCall, PosteriorPictures } from "../../worker/handlers/fit.ts";

/** Steps between pictures. */
const STEPS = 6;
/** Steps after which the draws are left alone. */
const SETTLED = 240;

/** What is observed, and how well. */
export type Observation = Pick<PosteriorCall, "ref" | "observed" | "noise" | "draws">;

/** Draws, and how far they are. */
export interface UsedPosterior {
  /** Pictures; undefined before the first. */
  readonly pictures: PosteriorPictures | undefined;
  /** Share of the steps since the last change that are done. */
  readonly progress: number;
}

/** Numbers revisions over all views, since the worker outlives them. */
let revisions = 0;

/**
 * Runs steps until the draws settle, from where they are whenever the observation changes.
 *
 * @param observation What is observed; the same while it is the same object.
 */
export function usePosterior(observation: Observation | undefined): UsedPosterior {
  const [used, setUsed] = useState<UsedPosterior & { readonly ref: string }>();
  const id = useId(), running = useRef<Promise<void>>(Promise.resolve());
  useEffect(() => {
    if (!observation) return;
    const revision = revisions++;
    let isCurrent = true;
    const run = async () => {
      for (let done = STEPS; isCurrent && done <= SETTLED; done += STEPS) {
        const pictures = await compute().call("posterior", { ...observation, id, revision, steps: STEPS });
        if (!isCurrent) return;
        const settled = observation.observed.ids.length === 0;
        setUsed({ pictures, progress: settled ? 1 : done / SETTLED, ref: observation.ref });
        if (settled) return;
      }
    };
    // One at a time: the call that is under way ends first
    running.current = running.current.then(() => isCurrent ? run().catch(reportError) : undefined);
    return () => {
      isCurrent = false;
    };
  }, [observation]);
  return used && used.ref === observation?.ref ? used : { pictures: undefined, progress: 0 };
}
