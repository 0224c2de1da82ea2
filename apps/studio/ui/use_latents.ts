/**
 * Latents of the prior.
 *
 * @module
 */
import { useMemo } from "preact/hooks";
import { compute } from "../state/compute.ts";
import type { ModelInfo } from "../worker/core/models.ts";
import { useLatest } from "./use_latest.ts";

/**
 * Draws latents.
 *
 * @param info Model; undefined while it opens.
 * @param seed Random seed.
 * @param count How many.
 * @returns `[count, latentDim]`, the same array until the arguments change; undefined while they are drawn.
 */
export function useLatents(
  info: ModelInfo | undefined,
  seed: number,
  count: number,
): Float32Array | undefined {
  const request = useMemo(() => info && { ref: info.ref, seed, count }, [info?.ref, seed, count]);
  const answer = useLatest(request, (request) => compute().call("latents", request));
  return answer?.request === request ? answer?.result : undefined;
}
