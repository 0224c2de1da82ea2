/**
 * Shows messages.
 *
 * @module
 */
import type { JSX } from "preact";
import { dismiss, notices } from "../state/notices.ts";
import { Icon } from "../ui/icons.tsx";

/** The messages, announced by screen readers. */
export function Notices(): JSX.Element {
  return (
    <div class="notices" role="log" aria-label="Messages">
      {notices.value.map(({ id, kind, text }) => (
        <div key={id} class={`notice ${kind}`} role={kind === "error" ? "alert" : "status"}>
          <p>{text}</p>
          <button
            type="button"
            class="icon-button"
            aria-label="Dismiss"
            onClick={() =>
              dismiss(id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
