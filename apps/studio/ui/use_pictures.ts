/**
 * Pictures of latents that follow their arguments.
 *
 * @module
 */
import { compute } from "../state/compute.ts";
import type { Pictures } from "../worker/core/rgba.ts";
import type { PicturesRequest } from "../worker/handlers/samples.ts";
import { useLatest } from "./use_latest.ts";

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
  const answer = useLatest(request, (request) => compute().call("pictures", request));
  if (!answer || answer.request.ref !== request?.ref) return undefined;
  return { pictures: answer.result, request: answer.request, milliseconds: answer.milliseconds };
}
