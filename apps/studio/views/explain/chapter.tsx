/**
 * A chapter: a few sentences, and a picture that is computed from the model.
 *
 * @module
 */
import type { ComponentChildren, JSX } from "preact";

/** Properties of {@link Chapter}. */
export interface ChapterProps {
  /** Number of the part, from 1. */
  readonly number: number;
  /** Name of the part. */
  readonly title: string;
  /** A few sentences. */
  readonly text: ComponentChildren;
  /** The picture. */
  readonly children: ComponentChildren;
}

/** A chapter. */
export function Chapter({ number, title, text, children }: ChapterProps): JSX.Element {
  return (
    <article class="chapter">
      <p class="chapter-number" aria-hidden="true">{number}</p>
      <h2>{title}</h2>
      <div class="chapter-text">{text}</div>
      <div class="chapter-figure">{children}</div>
    </article>
  );
}
