/**
 * Says on what the studio computes.
 *
 * @module
 */
import type { JSX } from "preact";
import { device } from "../state/compute.ts";

/** The foot of the page. */
export function DeviceNote(): JSX.Element {
  const opened = device.value;
  return (
    <footer class="foot">
      <p>
        {opened
          ? `Computing in this tab on ${opened.name}${opened.note ? ` — ${opened.note}` : ""}.`
          : "Opening the device …"}
      </p>
    </footer>
  );
}
