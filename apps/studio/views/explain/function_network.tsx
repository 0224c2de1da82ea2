/**
 * The function network: its hidden units as functions of the coordinates.
 *
 * @module
 */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { compute } from "../../state/compute.ts";
import { PictureCanvas } from "../../ui/picture_canvas.tsx";
import { useLatest } from "../../ui/use_latest.ts";
import { Chapter } from "./chapter.tsx";
import type { ChapterSubject } from "./hypernetwork.tsx";

const COUNT = 16, COLUMNS = 8, RESOLUTION = 40;

/** The chapter. */
export function FunctionNetwork({ info, latent }: ChapterSubject): JSX.Element {
  const isFlat = info.display.kind !== "curve" && info.display.kind !== "cloud";
  const request = useMemo(
    () => isFlat ? { ref: info.ref, latent, resolution: RESOLUTION, count: COUNT } : undefined,
    [info, latent],
  );
  const answer = useLatest(request, (request) => compute().call("units", request));
  const layers = answer?.request.ref === info.ref ? answer.result : [];
  return (
    <Chapter
      number={2}
      title="The small network is the sample"
      text={
        <>
          <p>
            It gets the coordinates of one point and returns the value there: {info.coordinateDim} numbers in,
            {" "}
            {info.featureDim}{" "}
            out. There is no grid in it. Asking it at more points gives a larger picture, and any point may be
            asked.
          </p>
          <p>
            Each of its hidden units is a picture too. The first layer mixes waves; later ones put forms
            together, until the last adds them up.
          </p>
        </>
      }
    >
      {isFlat
        ? layers.map((pictures, i) => (
          <figure key={i}>
            <PictureCanvas
              pictures={pictures}
              columns={COLUMNS}
              gap={2}
              label={`${pictures.count} units of hidden layer ${i + 1}`}
            />
            <figcaption>Hidden layer {i + 1}, {pictures.count} of its units</figcaption>
          </figure>
        ))
        : <p class="muted">The units are drawn for pictures, shapes and fields on the sphere.</p>}
    </Chapter>
  );
}
