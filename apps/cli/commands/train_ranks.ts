/**
 * What `train` does on several ranks before they train: they agree on what they do, and rank 0 chooses the folder.
 * @module
 */
import { requireAgreement } from "@gasp/gasp";
import type { Mpi } from "../mpi/open_mpi.ts";
import { versionOf } from "../mpi/same_start.ts";
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
  const { communicator } = mpi;
  await requireAgreement(communicator, {
    "the version of the program": await versionOf(),
    ...await textsOf(values),
    "the argument RUN": textOf(argument),
  });
  const own = communicator.rank === 0 ? await trainingOf(values, argument) : undefined;
  const shared = await fromFirstRank<Omit<Training, "open">>(communicator, own);
  const open = () => Promise.reject(new Error("only rank 0 opens the folder of a run"));
  return own ?? { ...shared, open };
}

/** Returns the options that must not differ, and the contents of the file of `--config`. */
async function textsOf(values: TrainValues): Promise<Record<string, string>> {
  const shared = Object.entries(values).filter(([name]) => !OWN_OPTIONS.includes(name));
  const { config } = values;
  const file = config === undefined ? undefined : await readBytes(config, "pass a JSON file with --config");
  return {
    ...Object.fromEntries(shared.map(([name, value]) => [`--${name}`, textOf(value)])),
    "the file of --config": textOf(file && new TextDecoder().decode(file)),
  };
}

function textOf(value: unknown): string {
  return value === undefined ? "absent" : String(value);
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
