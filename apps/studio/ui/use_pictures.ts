/**
 * Pictures of latents that follow their arguments.
 *
 * @module
 */
import { useEffect, useMemo, useState } from "preact/hooks";
import { latest } from "../rpc/latest.ts";
import { compute } from "../state/compute.ts";
import { reportError } from "../state/notices.ts";
import type { PicturesRequest } from "../worker/handlers/samples.ts";
import type { Pictures } from "../worker/core/rgba.ts";

/** Pictures and how long they took. */
export interface TimedPictures {
  /** The pictures. */
  readonly pictures: Pictures;
  /** What they show. */
  readonly request: PicturesRequest;
  /** Milliseconds from the request to the result. */
  readonly milliseconds: number;
}

/**
 * Asks the worker for pictures whenever the request changes. While it draws, the previous pictures stay, and of the requests
 * made meanwhile only the newest counts.
 *
 * @param request What to draw; undefined: nothing yet. A request is the same while it is the same object.
 */
export function usePictures(request: PicturesRequest | undefined): TimedPictures | undefined {
  const [drawn, setDrawn] = useState<TimedPictures>();
  const draw = useMemo(() =>
    latest(async (request: PicturesRequest) => {
      const started = performance.now();
      const pictures = await compute().call("pictures", request);
      setDrawn({ pictures, request, milliseconds: performance.now() - started });
    }, reportError), []);
  useEffect(() => {
    if (request) draw(request);
  }, [request]);
  return drawn?.request.ref === request?.ref ? drawn : undefined;
}
