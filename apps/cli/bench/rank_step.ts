/**
 * Speed of a training step on several ranks, against one of them alone with the same batch: weak scaling.
 * @module
 */
import type { Communicator, KernelDevice } from "@gasp/tensor";
import { type Exchange, MeteredCommunicator, secondsOfExchanges } from "../mpi/metered.ts";
import type { Mpi } from "../mpi/open_mpi.ts";
import { gatherValues } from "../mpi/share.ts";
import { type BenchReport, median } from "./report.ts";
import { benchStep, type StepRequest } from "./step.ts";

/** Results of several ranks. Those common to all benchmarks are of rank 0 among the others. */
export interface RankReport extends BenchReport {
  /** Number of ranks. */
  readonly ranks: number;
  /** Batch size of each rank. */
  readonly batchOfRank: number;
  /** Number of exchanges of a step. */
  readonly exchanges: number;
  /** Bytes that a rank contributes to the sums of a step, and to what is gathered instead of a larger sum. */
  readonly allReduceBytes: number;
  /** Time of a step in which exchanges are under way, kernels that run meanwhile included. */
  readonly allReduceSeconds: number;
  /** Sum over the exchanges of a step of the time between the ranks' begins, a mean over the ranks. */
  readonly skewSeconds: number;
  /** Sum over the exchanges of a step of the time from the last begin to the last end. */
  readonly transferSeconds: number;
  /** Time of a step of rank 0 alone, measured before, while the others wait. */
  readonly secondsAlone: number;
  /** Time of a step where every rank computes at once, and none exchanges: on the slowest. */
  readonly secondsSideBySide: number;
  /** `secondsAlone` divided by the time of a step on the slowest rank: 1 if exchange costs nothing, and cores do not share anything. */
  readonly efficiency: number;
  /** `secondsSideBySide` divided by that time: what exchanges alone cost. */
  readonly efficiencySideBySide: number;
}

/** What ranks measured. */
export interface RankBench {
  readonly report: RankReport;
  /** The exchanges of all measured steps by rank; times in milliseconds of the clock of rank 0. */
  readonly exchanges: readonly (readonly Exchange[])[];
}

/** Number of meetings by which clocks are compared; a rank may be late for some. */
const MEETINGS = 21;

/** Returns by how much the clock of this rank is ahead of that of rank 0, in milliseconds: ranks leave a barrier at once. */
async function clockOffset(communicator: Communicator): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < MEETINGS; i++) {
    await communicator.barrier();
    times.push(performance.now());
  }
  const [first] = await gatherValues(communicator, times);
  return median(times.map((time, i) => time - first![i]!));
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
): Promise<RankBench> {
  const { communicator } = mpi, { rank, size } = communicator, { config, steps } = request;
  const alone = rank === 0 ? await benchStep(request, device) : undefined;
  await communicator.barrier();
  const sideBySide = await benchStep(request, device);
  await communicator.barrier();
  const metered = new MeteredCommunicator(communicator), offset = await clockOffset(communicator);
  const report = await benchStep(
    {
      ...request,
      config: { ...config, batchSize: size * config.batchSize },
      communicator: metered,
      onWarm: () => metered.exchanges = [],
    },
    device,
  );
  const own = metered.exchanges.map((exchange): Exchange => ({
    ...exchange,
    begin: exchange.begin - offset,
    end: exchange.end - offset,
  }));
  const all = await gatherValues(communicator, {
    seconds: report.secondsPerStep,
    sideBySide: sideBySide.secondsPerStep,
    exchanges: own,
  });
  const ranks = all.map((one) => one!), exchanges = ranks.map((one) => one.exchanges);
  const seconds = Math.max(...ranks.map((one) => one.seconds));
  const secondsSideBySide = Math.max(...ranks.map((one) => one.sideBySide));
  const secondsAlone = alone?.secondsPerStep ?? NaN, times = secondsOfExchanges(exchanges);
  return {
    report: {
      ...report,
      ranks: size,
      batchOfRank: config.batchSize,
      exchanges: own.length / steps,
      allReduceBytes: own.reduce((sum, { bytes }) => sum + bytes, 0) / steps,
      allReduceSeconds: times.underWay / steps,
      skewSeconds: times.skew / steps,
      transferSeconds: times.transfer / steps,
      secondsAlone,
      secondsSideBySide,
      efficiency: secondsAlone / seconds,
      efficiencySideBySide: secondsSideBySide / seconds,
    },
    exchanges,
  };
}
