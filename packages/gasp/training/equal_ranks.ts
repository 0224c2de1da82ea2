/**
 * Ranks that train one run start with the same configuration and data, and keep the same state: they update it by the same
 * gradients, so only a fault, or devices that round differently, lets them part.
 * @module
 */
import { type Communicator, type Device, disposeTree, type Tree, treePaths } from "@gasp/tensor";
import { UserError } from "../config/user_error.ts";
import { Checksum } from "../runs/checksum.ts";
import { tensorToHost } from "../state/host_record.ts";
import { moveToDevice } from "../state/placement.ts";
import { broadcastState, requireAgreement } from "../state/ranks.ts";
import { readAhead } from "../state/read_ahead.ts";
import type { TrainRequest } from "./train_request.ts";

/**
 * Checks that all ranks were given the same configuration and data.
 *
 * @param request Configuration, adapted to the data, and data.
 * @param communicator The ranks.
 * @throws {UserError} On every rank, if something differs.
 */
export async function requireSameWork(
  { config, data, validation }: Pick<TrainRequest, "config" | "data" | "validation">,
  communicator: Communicator,
): Promise<void> {
  if (communicator.size === 1) return;
  const { name, items, pointCount, coordinateDim, featureDim, coordinates } = data;
  await requireAgreement(communicator, {
    "the configuration": JSON.stringify(config),
    "the interval of validations": `${validation?.every ?? "none"}`,
    "the data": JSON.stringify({ name, items, pointCount, coordinateDim, featureDim }),
    "the checksum of the coordinates": `${new Checksum().add(Float32Array.from(coordinates))}`,
  });
}

/**
 * Checks that all ranks have the same state, by checksums. Ranks on different devices, whose rounding differs, continue
 * from the state of rank 0 instead.
 *
 * @param communicator The ranks.
 * @param state State of this rank, on its device.
 * @param device Device of this rank.
 * @param step Number of completed steps.
 * @returns The state to continue with.
 * @throws {UserError} On every rank, if the states of equal devices differ.
 */
export async function requireEqualStates(
  communicator: Communicator,
  state: Tree,
  device: Device,
  step: number,
): Promise<Tree> {
  if (communicator.size === 1) return state;
  const sums: Record<string, string> = {};
  for await (const [path, { data }] of readAhead(treePaths(state), tensorToHost)) {
    sums[path] = `${new Checksum().add(data)}`;
  }
  const own = JSON.stringify({ device: `${device.info.kind} ${device.info.name}`, sums });
  const all = (await communicator.allGather(new TextEncoder().encode(own))).map((bytes) =>
    JSON.parse(new TextDecoder().decode(bytes.slice())) as { device: string; sums: Record<string, string> }
  );
  const first = all[0]!,
    other = all.findIndex((rank) =>
      Object.entries(first.sums).some(([path, sum]) => rank.sums[path] !== sum)
    );
  if (other < 0) return state;
  if (all.every((rank) => rank.device === first.device)) {
    const [path] = Object.entries(first.sums).find(([path, sum]) => all[other]!.sums[path] !== sum)!;
    throw new UserError(
      `after step ${step}, the tensor ${path} differs between rank 0 and rank ${other}: a rank computes wrongly, its ` +
        "software differs, or the training method does not average its gradients by allMean(). Resume from the last " +
        "checkpoint on one rank, or without that machine",
    );
  }
  const shared = await broadcastState(communicator, state);
  disposeTree(state);
  return await moveToDevice(shared, device);
}
