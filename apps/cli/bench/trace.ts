/**
 * Timeline of a step in the trace event format, for Chrome (`chrome://tracing`) and Perfetto (`ui.perfetto.dev`).
 * @module
 */
import type { DeviceInfo } from "@gasp/tensor";
import type { ProgramProfile } from "@gasp/tensor/compiler";
import type { Exchange } from "../mpi/metered.ts";
import { shapeOf } from "./shape_of.ts";

/** An event of the trace event format; times are in microseconds. */
export type TraceEvent =
  | {
    readonly ph: "M";
    readonly name: "process_name" | "thread_name";
    readonly pid: number;
    readonly tid: number;
    readonly args: { readonly name: string };
  }
  | {
    readonly ph: "X";
    readonly name: string;
    readonly cat: string;
    readonly pid: number;
    readonly tid: number;
    readonly ts: number;
    readonly dur: number;
    readonly args: Readonly<Record<string, number | string | readonly string[]>>;
  };

/** A trace file. */
export interface Trace {
  readonly displayTimeUnit: "ms";
  readonly traceEvents: readonly TraceEvent[];
}

/**
 * Creates a trace: a row for each thread, or one for the queue of a GPU. Programs follow each other without gaps.
 *
 * @param profiles Profiles of the programs of one step.
 * @param info Description of the device.
 */
export function traceOf(profiles: readonly ProgramProfile[], info: DeviceInfo): Trace {
  const events: TraceEvent[] = [];
  const threads = new Set<number>();
  let start = 0;
  for (const { program, spans } of profiles) {
    let end = start;
    for (const { step, part, thread, begin, end: until } of spans) {
      const { kernel, scopes = [] } = program.steps[step]!;
      threads.add(thread);
      events.push({
        ph: "X",
        name: scopes.length > 0 ? `${scopes.join(" + ")}: ${kernel.name}` : kernel.name,
        cat: kernel.kind,
        pid: 1,
        tid: thread,
        ts: 1000 * (start + begin),
        dur: 1000 * (until - begin),
        args: { step, part, shape: shapeOf(kernel), scopes },
      });
      end = Math.max(end, start + until);
    }
    start = end;
  }
  const rows = [...threads].sort((a, b) => a - b).map((thread) =>
    named("thread_name", [1, thread], info.kind === "webgpu" ? "GPU queue" : `thread ${thread}`)
  );
  return {
    displayTimeUnit: "ms",
    traceEvents: [named("process_name", [1, 0], `${info.kind} (${info.name})`), ...rows, ...events],
  };
}

/**
 * Creates a trace of exchanges: a process for each rank, in which one that begins before the one before has ended is in a row
 * of its own. Between them, ranks compute.
 *
 * @param ranks The exchanges of each rank; times in milliseconds, by clocks that agree.
 */
export function traceOfExchanges(ranks: readonly (readonly Exchange[])[]): Trace {
  const traceEvents = ranks.flatMap((exchanges, rank): TraceEvent[] => {
    /** When the last exchange of each row ends. */
    const ends: number[] = [];
    const events = exchanges.map(({ kind, bytes, begin, end }, i): TraceEvent => {
      const free = ends.findIndex((until) => until <= begin), tid = free < 0 ? ends.length : free;
      ends[tid] = end;
      const lastBegin = Math.max(...ranks.map((others) => others[i]!.begin));
      return {
        ...{ ph: "X", name: kind, cat: "exchange", pid: rank, tid },
        ...{ ts: 1000 * begin, dur: 1000 * (end - begin) },
        args: { bytes, waited: `${(lastBegin - begin).toFixed(2)} ms for the last rank` },
      };
    });
    return [named("process_name", [rank, 0], `rank ${rank}`), ...events];
  });
  return { displayTimeUnit: "ms", traceEvents };
}

function named(name: "process_name" | "thread_name", [pid, tid]: [number, number], text: string): TraceEvent {
  return { ph: "M", name, pid, tid, args: { name: text } };
}
