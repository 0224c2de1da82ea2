/**
 * The WebAssembly function that runs a whole program: for each step, threads claim tasks from a counter in memory and
 * then wait at a barrier. It does not return to JavaScript between steps.
 *
 * In memory a program consists of a header, the steps, and the lists of buffer addresses. The barrier spins for a
 * while, since a step is often short, and then sleeps, since a core may be shared.
 *
 * @module
 */
import type { FunctionImport, ModuleBuilder } from "../module/assembler.ts";
import type { FunctionBuilder, Local } from "../module/function_builder.ts";
import { TASK_PARAMETERS } from "../module/kernel_code.ts";

/** Byte offsets in the header of a program. Fields that many threads write have their own cache lines. */
export const HEADER = {
  /** Number of steps. */
  steps: 0,
  /** Address of the scratch memory, and its stride per thread in bytes. */
  scratch: 4,
  scratchStride: 8,
  /** Threads that have arrived at the barrier. */
  arrived: 64,
  /** Number of barriers passed; waiting threads poll it. */
  generation: 128,
  /** Non-zero when a thread has failed and the others should stop. */
  aborted: 132,
  /** Threads asleep at the barrier. */
  sleepers: 192,
  bytes: 256,
} as const;

/** Byte offsets in a step. */
export const STEP = {
  /** Index of the function in the table. */
  code: 0,
  /** Number of tasks. */
  tasks: 4,
  /** Address of the list of buffer addresses. */
  args: 8,
  /** Next task to claim; 0 between runs. */
  counter: 12,
  bytes: 16,
} as const;

/** Byte offsets in the log record of a step: two f64, in milliseconds of {@link CLOCK}. */
export const LOG = { begin: 0, end: 8, bytes: 16 } as const;

/** Milliseconds on a clock common to all threads. */
export const CLOCK: FunctionImport = { name: "clock", parameters: 0 };

/**
 * Polls of the barrier before sleeping: about a quarter of a millisecond. Long enough that two threads that start on
 * one core are both runnable for a while, so that the system migrates one of them; with a shorter spin they alternate
 * on one core for seconds. Short enough that little is lost when a core is shared with other programs.
 */
const SPINS = 100_000;
/** The same before the first step, ten milliseconds or more: schedulers rebalance cores every few milliseconds. */
const FIRST_SPINS = 8_000_000;

/**
 * Adds `run(program, thread, threads)` and `profile(program, thread, threads, log)`. The latter also records for each
 * step when the thread began it and when it found no more tasks, in records of `LOG.bytes` starting at `log`.
 *
 * @param module Module with the kernels in its table, which imports {@link CLOCK}.
 * @param shared Whether the memory is shared; if not, `threads` must be 1.
 */
export function addRunLoop(module: ModuleBuilder, shared: boolean): void {
  const barrier = shared ? addBarrier(module) : undefined;
  addLoop(module, barrier, "run");
  addLoop(module, barrier, "profile");
}

function addLoop(module: ModuleBuilder, barrier: number | undefined, name: "run" | "profile"): void {
  const taskType = module.type(TASK_PARAMETERS);
  const parameters: readonly ["i32", "i32", "i32", ..."i32"[]] = name === "run"
    ? ["i32", "i32", "i32"]
    : ["i32", "i32", "i32", "i32"];
  module.function(parameters, (f) => {
    const [program, thread, threads, log] = f.parameters;
    const note = (field: number) => {
      if (log) f.get(log).call(module.imported(CLOCK.name)).memory("f64.store", field);
    };
    const scratch = f.local("i32"), step = f.local("i32"), left = f.local("i32"), task = f.local("i32");
    const call = () => {
      f.get(step).memory("i32.load", STEP.args).get(task).get(scratch);
      f.get(step).memory("i32.load", STEP.code).callIndirect(taskType);
    };
    f.get(program).memory("i32.load", HEADER.scratch);
    f.get(program).memory("i32.load", HEADER.scratchStride).get(thread).op("i32.mul").op("i32.add").set(
      scratch,
    );
    f.get(program).i32(HEADER.bytes).op("i32.add").set(step);
    f.get(program).memory("i32.load", HEADER.steps).tee(left).op("i32.eqz").if(() => f.op("return"));
    if (barrier !== undefined) {
      f.get(threads).i32(1).op("i32.ne").if(() => {
        f.get(program).get(threads).get(step).i32(FIRST_SPINS).call(barrier);
      });
    }
    f.countdown(left, () => {
      note(LOG.begin);
      f.get(threads).i32(1).op("i32.eq").if(
        () => {
          runAlone(f, step, task, call);
          note(LOG.end);
        },
        () => {
          if (barrier === undefined) return f.op("unreachable");
          runTogether(f, step, task, call);
          note(LOG.end);
          f.get(program).get(threads).get(step).i32(SPINS).call(barrier);
          f.get(program).memory("i32.atomic.load", HEADER.aborted).if(() => f.op("return"));
        },
      );
      f.increment(step, STEP.bytes);
      if (log) f.increment(log, LOG.bytes);
    });
  }, { export: name });
}

function runAlone(f: FunctionBuilder, step: Local, task: Local, call: () => void): void {
  f.i32(0).set(task);
  f.get(step).memory("i32.load", STEP.tasks).if(() =>
    f.loop((again) => {
      call();
      f.increment(task, 1).get(task).get(step).memory("i32.load", STEP.tasks).op("i32.lt_u").brIf(again);
    })
  );
}

function runTogether(f: FunctionBuilder, step: Local, task: Local, call: () => void): void {
  f.block((exit) =>
    f.loop((again) => {
      f.get(step).i32(1).memory("i32.atomic.rmw.add", STEP.counter).tee(task);
      f.get(step).memory("i32.load", STEP.tasks).op("i32.ge_u").brIf(exit);
      call();
      f.br(again);
    })
  );
}

/** `barrier(program, threads, step, spins)`; the last thread to arrive resets the step's counter for the next run. */
function addBarrier(module: ModuleBuilder): number {
  return module.function(["i32", "i32", "i32", "i32"], (f) => {
    const [program, threads, step, spins] = f.parameters;
    const generation = f.local("i32");
    const unchanged = () =>
      f.get(program).memory("i32.atomic.load", HEADER.generation).get(generation).op("i32.eq");
    f.get(program).memory("i32.atomic.load", HEADER.generation).set(generation);
    // After reading the generation, which a failing thread updates last: no thread can wait for a failed one.
    f.get(program).memory("i32.atomic.load", HEADER.aborted).if(() => f.op("return"));
    f.get(program).i32(1).memory("i32.atomic.rmw.add", HEADER.arrived).i32(1).op("i32.add").get(threads).op(
      "i32.eq",
    );
    f.if(() => {
      f.get(program).i32(0).memory("i32.atomic.store", HEADER.arrived);
      f.get(step).i32(0).memory("i32.atomic.store", STEP.counter);
      f.get(program).i32(1).memory("i32.atomic.rmw.add", HEADER.generation).op("drop");
      f.get(program).memory("i32.atomic.load", HEADER.sleepers).if(() => {
        f.get(program).i32(-1).memory("memory.atomic.notify", HEADER.generation).op("drop");
      });
      f.op("return");
    });
    f.countdown(spins, () => {
      unchanged();
      f.op("i32.eqz").if(() => f.op("return"));
    });
    f.get(program).i32(1).memory("i32.atomic.rmw.add", HEADER.sleepers).op("drop");
    f.block((exit) =>
      f.loop((again) => {
        unchanged();
        f.op("i32.eqz").brIf(exit);
        f.get(program).get(generation).forever().memory("memory.atomic.wait32", HEADER.generation).op("drop");
        f.br(again);
      })
    );
    f.get(program).i32(-1).memory("i32.atomic.rmw.add", HEADER.sleepers).op("drop");
  });
}
