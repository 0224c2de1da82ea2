/**
 * The hypernetwork: the weights that it makes of a latent.
 *
 * @module
 */
import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { compute } from "../../state/compute.ts";
import { PictureCanvas } from "../../ui/picture_canvas.tsx";
import { useLatest } from "../../ui/use_latest.ts";
import type { ModelInfo } from "../../worker/core/models.ts";
import type { LayerWeights } from "../../worker/handlers/explain.ts";
import { Chapter } from "./chapter.tsx";
import { minus, paintMatrix, scaleOf } from "./paint.ts";

/** What chapters show. */
export interface ChapterSubject {
  /** The model. */
  readonly info: ModelInfo;
  /** The latent, `[latentDim]`. */
  readonly latent: Float32Array;
}

function useWeights(info: ModelInfo, latent: Float32Array): readonly LayerWeights[] | undefined {
  const request = useMemo(() => ({ ref: info.ref, latent }), [info, latent]);
  const answer = useLatest(request, (request) => compute().call("functionWeights", request));
  return answer?.request.ref === info.ref ? answer.result : undefined;
}

/** The chapter. */
export function Hypernetwork({ info, latent }: ChapterSubject): JSX.Element {
  const [isChange, setChange] = useState(true);
  const layers = useWeights(info, latent);
  // The function of the middle of latent space, which all functions vary around.
  const middle = useWeights(info, useMemo(() => new Float32Array(info.latentDim), [info]));
  const shown = isChange && middle ? layers?.map((layer, i) => minus(layer, middle[i]!)) : layers;
  const total = layers?.reduce((sum, { rows, columns }) => sum + rows * (columns + 1), 0);
  return (
    <Chapter
      number={1}
      title="A hypernetwork writes a network"
      text={
        <>
          <p>
            A latent is a list of {info.latentDim}{" "}
            random numbers. The hypernetwork turns it into all the weights of another, small network{total
              ? `: ${total.toLocaleString("en")} numbers`
              : ""}. Below they are, one square per weight, a picture per layer.
          </p>
          <p>
            Move the slider: nearby latents give nearly the same weights, which is why samples change
            smoothly. Red weights are positive, blue ones negative.
          </p>
          <label class="check">
            <input
              type="checkbox"
              checked={isChange}
              onChange={(event) => setChange(event.currentTarget.checked)}
            />
            Only what differs from the function of latent 0
          </label>
        </>
      }
    >
      <div class="matrices">
        {(shown ?? []).map((layer, i) => (
          <figure key={i} style={{ flexGrow: Math.max(layer.columns, 24) }}>
            <PictureCanvas
              pictures={paintMatrix(layer, scaleOf(layer))}
              label={`Weights of layer ${i + 1}`}
              isCrisp
            />
            <figcaption>Layer {i + 1}: {layer.rows} × {layer.columns}</figcaption>
          </figure>
        ))}
      </div>
    </Chapter>
  );
}
