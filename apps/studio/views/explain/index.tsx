/**
 * The view Explain.
 *
 * @module
 */
import type { JSX } from "preact";
import { SampleSheet } from "../../ui/sample_sheet.tsx";
import { ViewFrame } from "../../ui/view_frame.tsx";

/** The view. */
export default function Explain(): JSX.Element {
  return (
    <ViewFrame title="Explain" lead="Samples of the chosen model.">
      <SampleSheet />
    </ViewFrame>
  );
}
