/**
 * Progress of work other than training, on standard error, so that results on standard output can be piped: what is being
 * done, how much of it is done, and the time left. Work that takes moments shows nothing.
 * @module
 */
import { formatTime } from "./duration.ts";
import { type Output, stderr } from "./output.ts";
import { Rate } from "./rate.ts";
import { type Part, StatusLine } from "./status_line.ts";

/** Time before anything is shown in a terminal, in milliseconds. */
const DELAY = 1000;
/** Interval at which the line is redrawn while nothing is reported, in milliseconds. */
const REDRAW = 1000;
/** Time before the first line, and between lines, if the output is not a terminal, in milliseconds. */
const LINE_INTERVAL = 10_000;

/**
 * Runs work whose progress is not known, and shows what is being done and for how long.
 *
 * @param label What is being done, such as `reading photos`.
 * @param work Work to run.
 * @returns Its result.
 */
export async function during<T>(label: string, work: () => Promise<T>): Promise<T> {
  using _activity = new Activity(label);
  return await work();
}

/** Shows how far work is. */
export class Activity implements Disposable {
  #label: string;
  readonly #line: StatusLine;
  readonly #now: () => number;
  #started: number;
  #rate = new Rate();
  readonly #timer: ReturnType<typeof setInterval>;
  #done: number | undefined;

  /**
   * Starts to show the progress of work; dispose of it when the work is done.
   *
   * @param label What is being done, such as `sampling`.
   * @param output Output to print to. Default: standard error.
   * @param now Clock in milliseconds.
   */
  constructor(label: string, output: Output = stderr, now: () => number = () => performance.now()) {
    this.#label = label;
    this.#now = now;
    this.#started = now();
    const firstAt = this.#started + (output.isTerminal ? DELAY : LINE_INTERVAL);
    this.#line = new StatusLine(output, { lineInterval: LINE_INTERVAL, firstAt });
    this.#timer = setInterval(() => this.#show(), REDRAW);
  }

  /**
   * Reports how much is done; prints if the interval has elapsed.
   *
   * @param fraction Fraction of the work, from 0 to 1.
   */
  at(fraction: number): void {
    this.#done = Math.min(1, fraction);
    this.#rate.mark(this.#done, this.#now());
    this.#show();
  }

  /**
   * Starts the next part of the work.
   *
   * @param label What is being done.
   */
  next(label: string): void {
    this.#label = label;
    this.#started = this.#now();
    this.#rate = new Rate();
    this.#done = undefined;
    this.#show();
  }

  #show(): void {
    const time = this.#now();
    if (this.#line.isDue(time)) this.#line.show(time, this.#parts(time), this.#done);
  }

  #parts(time: number): Part[] {
    const done = this.#done, rate = this.#rate.perSecond;
    const elapsed = { text: `${formatTime((time - this.#started) / 1000)} so far`, rank: 0 };
    return [
      { text: this.#label, rank: 1 },
      ...(done === undefined ? [] : [{ text: `${Math.floor(100 * done)} %`, rank: 2 }]),
      done !== undefined && rate > 0 ? { text: `${formatTime((1 - done) / rate)} left`, rank: 3 } : elapsed,
    ];
  }

  /** Erases the line. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#line.erase();
  }
}
