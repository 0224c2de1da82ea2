/**
 * Speed of a training step on several ranks, against one of them alone with the same batch: weak scaling.
 * @module
 */
import type { KernelDevice } from "@gasp/tensor";
import { MeteredCommunicator } from "../mpi/metered.ts";
import type { Mpi } from "../mpi/open_mpi.ts";
import { gatherValues } from "../mpi/share.ts";
import type { BenchReport } from "./report.ts";
import { benchStep, type StepRequest } from "./step.ts";

/** Results of several ranks. Those common to all benchmarks are of rank 0 among the others. */
export interface RankReport extends BenchReport {
  /** Number of ranks. */
  readonly ranks: number;
  /** Batch size of each rank. */
  readonly batchOfRank: number;
  /** Bytes that a rank contributes to the sums of a step, and to what is gathered instead of a larger sum. */
  readonly allReduceBytes: number;
  /** Time of a step in which sums are under way, waits for other ranks included. */
  readonly allReduceSeconds: number;
  /** Time of a step of rank 0 alone, measured before, while the others wait. */
  readonly secondsAlone: number;
  /** `secondsAlone` divided by the time of a step on the slowest rank: 1 if exchange costs nothing. */
  readonly efficiency: number;
}

/**
 * Times training steps on several ranks.
 *
 * @param request Training steps, with the batch size of one rank.
 * @param device Measured device of this rank.
 * @param mpi The ranks, all of which call this.
 * @returns The report of rank 0; on the others, their own.
 */
export async function benchRankStep(
  request: StepRequest,
  device: KernelDevice,
  mpi: Pick<Mpi, "communicator">,
): Promise<RankReport> {
  const { communicator } = mpi, { rank, size } = communicator, { config } = request;
  const alone = rank === 0 ? await benchStep(request, device) : undefined;
  await communicator.barrier();
  const metered = new MeteredCommunicator(communicator);
  const report = await benchStep(
    {
      ...request,
      config: { ...config, batchSize: size * config.batchSize },
      communicator: metered,
      onWarm: () => metered.reset(),
    },
    device,
  );
  const seconds = await gatherValues(communicator, report.secondsPerStep) as number[];
  const secondsAlone = alone?.secondsPerStep ?? NaN;
  return {
    ...report,
    ranks: size,
    batchOfRank: config.batchSize,
    allReduceBytes: metered.bytes / request.steps,
    allReduceSeconds: metered.seconds / request.steps,
    secondsAlone,
    efficiency: secondsAlone / Math.max(...seconds),
  };
}
