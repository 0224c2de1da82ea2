/**
 * Progress of a training run: a bar that is redrawn in a terminal, otherwise an occasional line.
 * @module
 */
import type { Output } from "./output.ts";
import { printable } from "./printable.ts";

/** Latest losses by name, the most informative first. */
export type Losses = Readonly<Record<string, number>>;

/** Interval between redraws of the bar, in milliseconds. */
const BAR_INTERVAL = 100;
/** Interval between lines, in milliseconds. */
const LINE_INTERVAL = 5000;
/** Window over which the speed is measured, in milliseconds, so that a pause affects it only briefly. */
const SPEED_WINDOW = 10_000;
/** Number of losses shown. */
const SHOWN_LOSSES = 2;
/** Shortest time over which a speed is meaningful, in milliseconds. */
const MIN_TIME = 500;

/** Shows steps, losses, speed and time left. */
export class Progress {
  readonly #output: Output;
  readonly #total: number;
  readonly #now: () => number;
  #shownAt = -Infinity;
  #barShown = false;
  /** Times of the latest steps. The speed excludes the first step, which includes warm-up. */
  readonly #marks: { readonly step: number; readonly time: number }[];

  /**
   * Constructs a progress display.
   *
   * @param output Output to print to.
   * @param total Total number of steps.
   * @param now Clock in milliseconds.
   */
  constructor(output: Output, total: number, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#total = total;
    this.#now = now;
    this.#marks = [];
  }

  /**
   * Reports a completed step; prints if the interval has elapsed.
   *
   * @param step Number of completed steps.
   * @param losses Latest losses.
   */
  update(step: number, losses: Losses): void {
    const time = this.#now();
    this.#marks.push({ step, time });
    while (this.#marks.length > 2 && this.#marks[1]!.time < time - SPEED_WINDOW) this.#marks.shift();
    const interval = this.#output.isTerminal ? BAR_INTERVAL : LINE_INTERVAL;
    if (time - this.#shownAt < interval && step < this.#total) return;
    this.#shownAt = time;
    if (!this.#output.isTerminal) this.#output.offer(`${this.#text(step, losses)}\n`);
    else if (this.#output.offer(`\r\x1b[K${this.#bar(step, losses)}`)) this.#barShown = true;
  }

  /**
   * Prints separate lines, above the bar; control characters are escaped.
   *
   * @param text One or more lines.
   */
  print(text: string): void {
    this.#output.write(this.#aboveBar(printable(text)));
    this.#forgetBar();
  }

  /**
   * Prints lines as {@link print} does, but drops them if too much output is pending.
   *
   * @param text One or more lines.
   */
  offer(text: string): void {
    if (this.#output.offer(this.#aboveBar(text))) this.#forgetBar();
  }

  #aboveBar(text: string): string {
    return `${this.#barShown ? "\r\x1b[K" : ""}${text}\n`;
  }

  /** Ends the line of the bar, so that further output starts on a new line. */
  finish(): void {
    if (this.#barShown) this.#output.write("\n");
    this.#forgetBar();
  }

  #forgetBar(): void {
    this.#barShown = false;
    this.#shownAt = -Infinity;
  }

  #bar(step: number, losses: Losses): string {
    const text = this.#text(step, losses);
    const width = Math.min(30, this.#output.columns - text.length - 2);
    if (width < 5) return text.slice(0, Math.max(0, this.#output.columns - 1));
    const full = Math.round((width * step) / this.#total);
    return `${"█".repeat(full)}${"░".repeat(width - full)} ${text}`;
  }

  #text(step: number, losses: Losses): string {
    const first = this.#marks[0]!;
    const last = this.#marks[this.#marks.length - 1]!;
    const milliseconds = last.time - first.time;
    const speed = milliseconds < MIN_TIME ? 0 : (1000 * (last.step - first.step)) / milliseconds;
    return [
      `step ${String(step).padStart(String(this.#total).length)}/${this.#total}`,
      ...Object.entries(losses).slice(0, SHOWN_LOSSES).map(([name, value]) => `${name} ${value.toFixed(3)}`),
      ...(speed > 0
        ? [`${formatSpeed(speed)} steps/s`, `${formatTime((this.#total - step) / speed)} left`]
        : []),
    ].join("  ");
  }
}

function formatSpeed(speed: number): string {
  return speed >= 10 ? speed.toFixed(0) : speed.toPrecision(2);
}

/**
 * Formats a duration: `45s`, `3m05s`, `2h10m`.
 *
 * @param seconds Duration in seconds.
 */
export function formatTime(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h${two(Math.floor(whole / 60) % 60)}m`;
}
