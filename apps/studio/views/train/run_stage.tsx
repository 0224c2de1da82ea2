/**
 * The layout of a run: its name, samples beside its numbers and curves.
 *
 * @module
 */
import type { ComponentChildren, JSX } from "preact";

/** Properties of {@link RunStage}. */
export interface RunStageProps {
  /** Name and buttons. */
  readonly head: ComponentChildren;
  /** Samples. */
  readonly picture: ComponentChildren;
  /** Numbers and curves. */
  readonly side: ComponentChildren;
}

/** A run. */
export function RunStage({ head, picture, side }: RunStageProps): JSX.Element {
  return (
    <section class="train-run" aria-label="Run">
      {head}
      <div class="train-picture">{picture}</div>
      <div class="train-side">{side}</div>
    </section>
  );
}

/** Properties of {@link RunHead}. */
export interface RunHeadProps {
  /** Name of the run. */
  readonly name: string;
  /** What it does, announced by screen readers. */
  readonly status: string;
  /** Whether it trains now. */
  readonly isLive: boolean;
  /** Buttons. */
  readonly children?: ComponentChildren;
}

/** Name and status of a run, and what can be done with it. */
export function RunHead({ name, status, isLive, children }: RunHeadProps): JSX.Element {
  return (
    <header class="train-head">
      <div>
        <h2>{name}</h2>
        <p class={isLive ? "train-status live" : "train-status"} role="status">{status}</p>
      </div>
      <div class="row">{children}</div>
    </header>
  );
}

/** Properties of {@link Measures}. */
export interface MeasuresProps {
  /** Names and values. */
  readonly values: readonly (readonly [name: string, value: string])[];
}

/** Numbers with their names. */
export function Measures({ values }: MeasuresProps): JSX.Element {
  return (
    <dl class="measures">
      {values.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
