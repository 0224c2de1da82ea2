/**
 * A labelled slider.
 *
 * @module
 */
import type { JSX } from "preact";
import { useId } from "preact/hooks";

/** Properties of {@link Slider}. */
export interface SliderProps {
  /** What it sets. */
  readonly label: string;
  /** Its value. */
  readonly value: number;
  /** Smallest value. */
  readonly min: number;
  /** Largest value. */
  readonly max: number;
  /** Distance of values. */
  readonly step: number;
  /** How a value is written, units included. Default: as a number. */
  readonly show?: (value: number) => string;
  /** Receives values while the slider moves. */
  readonly onInput: (value: number) => void;
}

/** A slider with its value beside the label. */
export function Slider({ label, value, min, max, step, show = String, onInput }: SliderProps): JSX.Element {
  const id = useId();
  return (
    <div class="slider">
      <label for={id}>{label}</label>
      <output for={id}>{show(value)}</output>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={show(value)}
        onInput={(event) => onInput(event.currentTarget.valueAsNumber)}
      />
    </div>
  );
}
