/**
 * Results that follow their requests.
 *
 * @module
 */
import { useEffect, useMemo, useState } from "preact/hooks";
import { latest } from "../rpc/latest.ts";
import { reportError } from "../state/notices.ts";

/** A result and how it came about. */
export interface Answer<Request, Result> {
  /** The result. */
  readonly result: Result;
  /** What was asked. */
  readonly request: Request;
  /** Milliseconds from the question to the result. */
  readonly milliseconds: number;
}

/**
 * Runs a function whenever its request changes. While it runs, the previous result stays, and of the requests made meanwhile
 * only the newest counts. Errors are shown.
 *
 * @param request What to ask; undefined: nothing yet. A request is the same while it is the same object.
 * @param run Asks; the first one given is used.
 */
export function useLatest<Request, Result>(
  request: Request | undefined,
  run: (request: Request) => Promise<Result>,
): Answer<Request, Result> | undefined {
  const [answer, setAnswer] = useState<Answer<Request, Result>>();
  const ask = useMemo(() =>
    latest(async (request: Request) => {
      const started = performance.now();
      const result = await run(request);
      setAnswer({ result, request, milliseconds: performance.now() - started });
    }, reportError), []);
  useEffect(() => {
    if (request !== undefined) ask(request);
  }, [request]);
  return answer;
}
