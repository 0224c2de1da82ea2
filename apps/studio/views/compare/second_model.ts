/**
 * What a model is compared with before anything is chosen.
 *
 * @module
 */
import type { BundledModel } from "../../state/library.ts";
import type { ModelInfo } from "../../worker/core/models.ts";

/**
 * Chooses the second model of a comparison: a bundled one of the same kind, else the first one again, then with other latents.
 *
 * @param first The first model.
 * @param bundled Models that come with the page.
 * @returns Its reference.
 */
export function secondModel(
  { ref, display }: Pick<ModelInfo, "ref" | "display">,
  bundled: readonly Pick<BundledModel, "name" | "kind">[],
): string {
  const refs = bundled.filter(({ kind }) => kind === display.kind).map(({ name }) => `bundled/${name}`);
  return refs.find((other) => other !== ref) ?? ref;
}
