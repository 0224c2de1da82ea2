/**
 * The frame of a view: its title, one sentence, its content.
 *
 * @module
 */
import type { ComponentChildren, JSX } from "preact";

/** Properties of {@link ViewFrame}. */
export interface ViewFrameProps {
  /** Title. */
  readonly title: string;
  /** What one can do here, in a sentence. */
  readonly lead?: ComponentChildren;
  /** Content. */
  readonly children: ComponentChildren;
}

/** A view with a heading. */
export function ViewFrame({ title, lead, children }: ViewFrameProps): JSX.Element {
  return (
    <section class="view">
      <header class="view-head">
        <h1>{title}</h1>
        {lead && <p class="lead">{lead}</p>}
      </header>
      {children}
    </section>
  );
}
