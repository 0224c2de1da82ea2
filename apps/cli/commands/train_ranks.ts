/**
 * What `train` does on several ranks before they train: they agree on what they do, and rank 0 chooses the folder.
 * @module
 */
import type { Dataset } from "@gasp/datasets";
import type { Mpi } from "../mpi/open_mpi.ts";
import { dataFacts, type Facts, requireSame, versionFacts } from "../mpi/same_start.ts";
import { fromFirstRank, gatherValues } from "../mpi/share.ts";
import { readBytes } from "../files/files.ts";
import { type Training, trainingOf, type TrainValues } from "./train_request.ts";

/** Options that may differ from rank to rank: what each computes on, not what it computes. */
const OWN_OPTIONS: readonly string[] = ["device", "threads", "memory", "mpi-library", "debug", "help"];

/**
 * Builds the training request of a rank. Rank 0 reads the folder of a run; the others need not see it.
 *
 * @param mpi The ranks; `undefined`: this process is alone.
 * @param values Values of the options.
 * @param argument The argument RUN.
 * @throws {UserError} On all ranks, if they were started differently; on rank 0, as {@link trainingOf} does.
 */
export async function trainingOfRank(
  mpi: Mpi | undefined,
  values: TrainValues,
  argument: string | undefined,
): Promise<Training> {
  if (mpi === undefined) return await trainingOf(values, argument);
  await requireSame(mpi, {
    version: await versionFacts(),
    ...await optionFacts(values),
    RUN: argument ?? null,
  });
  const { communicator } = mpi;
  const own = communicator.rank === 0 ? await trainingOf(values, argument) : undefined;
  const shared = await fromFirstRank<Omit<Training, "open">>(communicator, own);
  const open = () => Promise.reject(new Error("only rank 0 opens the folder of a run"));
  return own ?? { ...shared, open };
}

/**
 * Checks that the ranks have read the same data.
 *
 * @param mpi The ranks.
 * @param data Data of this rank.
 * @throws {UserError} On all ranks, if one has others.
 */
export async function requireSameData(mpi: Mpi, data: Dataset): Promise<void> {
  await requireSame(mpi, { data: await dataFacts(data) });
}

/** Returns the options that must not differ, and the contents of the file of `--config`. */
async function optionFacts(values: TrainValues): Promise<Facts> {
  const shared = Object.entries(values).filter(([name]) => !OWN_OPTIONS.includes(name));
  const file = values.config === undefined
    ? undefined
    : new TextDecoder().decode(await readBytes(values.config, "pass a JSON file with --config"));
  return {
    ...Object.fromEntries(shared.map(([name, value]) => [`--${name}`, value])),
    ...(file !== undefined && { "the file of --config": file }),
  };
}

/**
 * Describes the ranks and their devices.
 *
 * @param mpi The ranks.
 * @param device Description of the device of this rank.
 */
export async function describeRanks(mpi: Mpi, device: string): Promise<string> {
  const devices = await gatherValues(mpi.communicator, device);
  const counts = new Map<string | undefined, number>();
  for (const one of devices) counts.set(one, (counts.get(one) ?? 0) + 1);
  const shown = [...counts].map(([one, count]) => counts.size === 1 ? one : `${count} × ${one}`);
  return `${devices.length} ranks (${mpi.version}): ${shown.join(", ")}`;
}
