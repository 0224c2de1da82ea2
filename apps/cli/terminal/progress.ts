/**
 * Progress of a training run: steps, losses, speed and time left.
 * @module
 */
import { formatTime } from "./duration.ts";
import type { Output } from "./output.ts";
import { Rate } from "./rate.ts";
import { type Part, StatusLine } from "./status_line.ts";

/** Latest losses by name, the most informative first. */
export type Losses = Readonly<Record<string, number>>;

/** Interval between lines, in milliseconds. */
const LINE_INTERVAL = 5000;
/** Number of losses shown. */
const SHOWN_LOSSES = 2;

/** Shows steps, losses, speed and time left. */
export class Progress {
  readonly #line: StatusLine;
  readonly #total: number;
  readonly #now: () => number;
  /** The speed excludes the first step, which includes warm-up. */
  readonly #rate = new Rate();

  /**
   * Constructs a progress display.
   *
   * @param output Output to print to.
   * @param total Total number of steps.
   * @param now Clock in milliseconds.
   */
  constructor(output: Output, total: number, now: () => number = () => performance.now()) {
    this.#line = new StatusLine(output, { lineInterval: LINE_INTERVAL });
    this.#total = total;
    this.#now = now;
  }

  /** Steps per second; 0 if not yet known. */
  get speed(): number {
    return this.#rate.perSecond;
  }

  /**
   * Reports a completed step; prints if the interval has elapsed.
   *
   * @param step Number of completed steps.
   * @param losses Latest losses.
   */
  update(step: number, losses: Losses): void {
    const time = this.#now();
    this.#rate.mark(step, time);
    if (this.#line.isDue(time) || step >= this.#total) {
      this.#line.show(time, this.#parts(step, losses), step / this.#total);
    }
  }

  /** Prints separate lines, above the bar; control characters are escaped. @param text One or more lines. */
  print(text: string): void {
    this.#line.print(text);
  }

  /** Prints lines as {@link print} does, but drops them if too much output is pending. @param text One or more lines. */
  offer(text: string): void {
    this.#line.offer(text);
  }

  /** Ends the line of the bar, so that further output starts on a new line. */
  finish(): void {
    this.#line.finish();
  }

  #parts(step: number, losses: Losses): Part[] {
    const { speed } = this, shown = Object.entries(losses).slice(0, SHOWN_LOSSES);
    return [
      { text: `step ${String(step).padStart(String(this.#total).length)}/${this.#total}`, rank: 10 },
      ...shown.map(([name, value], i) => ({ text: `${name} ${value.toFixed(3)}`, rank: 9 - i })),
      ...(speed > 0
        ? [
          { text: `${formatSpeed(speed)} steps/s`, rank: 0 },
          { text: `${formatTime((this.#total - step) / speed)} left`, rank: 11 },
        ]
        : []),
    ];
  }
}

function formatSpeed(speed: number): string {
  return speed >= 10 ? speed.toFixed(0) : speed.toPrecision(2);
}
