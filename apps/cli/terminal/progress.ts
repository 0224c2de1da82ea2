/**
 * How far a training run is: a bar that is redrawn in a terminal, else a line now and then.
 * @module
 */
import type { Output } from "./output.ts";

/** Latest known losses by name. */
export type Losses = Readonly<Record<string, number>>;

/** Milliseconds between two redraws of the bar, and between two lines. */
const BAR_INTERVAL = 100;
const LINE_INTERVAL = 5000;
/** The speed is that of about the last this many milliseconds, so that a pause does not spoil it for long. */
const SPEED_WINDOW = 10_000;
/** A speed over fewer milliseconds is not worth showing. */
const LEAST_TIME = 500;

/** Shows steps, losses, speed and time left. */
export class Progress {
  readonly #output: Output;
  readonly #total: number;
  readonly #now: () => number;
  #shownAt = -Infinity;
  #barShown = false;
  /** Times of the latest steps. The first step does not count in the speed: it warms things up. */
  readonly #marks: { readonly step: number; readonly time: number }[];

  /**
   * Prints nothing yet.
   *
   * @param output Where to print.
   * @param total Number of steps of the whole run.
   * @param now The time in milliseconds.
   */
  constructor(output: Output, total: number, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#total = total;
    this.#now = now;
    this.#marks = [];
  }

  /**
   * Tells that a step is done; prints if it is time to.
   *
   * @param step Steps done so far.
   * @param losses Latest known losses.
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
   * Prints lines of their own, above the bar.
   *
   * @param text One or more lines.
   */
  print(text: string): void {
    this.#output.write(this.#aboveBar(text));
    this.#forgetBar();
  }

  /**
   * Prints lines as {@link print} does, but leaves them out while the reader is far behind.
   *
   * @param text One or more lines.
   */
  offer(text: string): void {
    if (this.#output.offer(this.#aboveBar(text))) this.#forgetBar();
  }

  #aboveBar(text: string): string {
    return `${this.#barShown ? "\r\x1b[K" : ""}${text}\n`;
  }

  /** Ends the bar's line, so that what follows starts on a new one. */
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
    const speed = milliseconds < LEAST_TIME ? 0 : (1000 * (last.step - first.step)) / milliseconds;
    return [
      `step ${String(step).padStart(String(this.#total).length)}/${this.#total}`,
      ...Object.entries(losses).map(([name, value]) => `${name} ${value.toFixed(3)}`),
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
 * A time for people: `45s`, `3m05s`, `2h10m`.
 *
 * @param seconds Any time.
 */
export function formatTime(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h${two(Math.floor(whole / 60) % 60)}m`;
}
