/**
 * What ranks tell each other outside of programs: whether they agree, what rank 0 has read, when to stop.
 * @module
 */
import { type Communicator, type Tensor, tensor, type Tree, treeLeaves, treeUnflatten } from "@gasp/tensor";
import { messageOf, UserError } from "../config/user_error.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes.slice());

/**
 * Checks that all ranks have the same values, such as their version, configuration and data.
 *
 * @param communicator The ranks.
 * @param values Values by what they are called in the message.
 * @throws {UserError} On every rank, for the first value that differs.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { requireAgreement, UserError } from "@gasp/gasp";
 * import { localCommunicators } from "@gasp/tensor";
 *
 * await Promise.all(localCommunicators(2).map((communicator) =>
 *   assertRejects(
 *     () => requireAgreement(communicator, { "the seed": `${communicator.rank}` }),
 *     UserError,
 *     "the seed is 0 on rank 0, but 1 on rank 1",
 *   )
 * ));
 * ```
 *
 * @category Training
 */
export async function requireAgreement(
  communicator: Communicator,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  if (communicator.size === 1) return;
  const all = (await communicator.allGather(encode(JSON.stringify(values)))).map((bytes) =>
    JSON.parse(decode(bytes)) as Record<string, string>
  );
  for (const [what, value] of Object.entries(all[0]!)) {
    const other = all.findIndex((theirs) => theirs[what] !== value);
    if (other < 0) continue;
    const [shown, shownOther] = differing(value, all[other]![what] ?? "absent");
    throw new UserError(
      `${what} is ${shown} on rank 0, but ${shownOther} on rank ${other}: all ranks must train the same run`,
    );
  }
}

/** Most characters of a value in a message, and those before the first difference. */
const SHOWN = 60, BEFORE = 20;

/** Shortens two texts to where they differ. */
function differing(a: string, b: string): [string, string] {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const from = Math.max(0, start - BEFORE);
  const shorten = (text: string) =>
    text.length <= SHOWN ? text : `${from > 0 ? "…" : ""}${text.slice(from, from + SHOWN)}…`;
  return [shorten(a), shorten(b)];
}

/**
 * Lets rank 0 do something, such as reading a file, and tells the others the result.
 *
 * @param communicator The ranks.
 * @param work Runs on rank 0; its result is plain data.
 * @returns The result, on every rank.
 * @throws What `work` throws; on other ranks a {@link UserError} with its message.
 */
export async function askRankZero<T>(communicator: Communicator, work: () => Promise<T>): Promise<T> {
  if (communicator.size === 1) return await work();
  if (communicator.rank > 0) {
    const [answer] = await communicator.allGather(new Uint8Array());
    const { value, error } = JSON.parse(decode(answer!)) as { value?: T; error?: string };
    if (error !== undefined) throw new UserError(`rank 0 failed: ${error}`);
    return value as T;
  }
  try {
    const value = await work();
    await communicator.allGather(encode(JSON.stringify({ value })));
    return value;
  } catch (error) {
    await communicator.allGather(encode(JSON.stringify({ error: messageOf(error) })));
    throw error;
  }
}

/**
 * Copies a state from rank 0 to the others.
 *
 * @param communicator The ranks.
 * @param state Concrete tensors, of the same shapes and types on every rank.
 * @returns The state of rank 0, on the host.
 */
export async function broadcastState(communicator: Communicator, state: Tree): Promise<Tree> {
  const received: Tensor[] = [];
  for (const leaf of treeLeaves(state)) {
    const values = (await leaf.data()).slice();
    await communicator.broadcast(new Uint8Array(values.buffer));
    received.push(tensor(values, leaf.shape, leaf.dtype));
  }
  return treeUnflatten(state, received);
}

/** Returns whether any rank wants to stop. @param communicator The ranks. @param mine Whether this one does. */
export async function anyRank(communicator: Communicator, mine: boolean): Promise<boolean> {
  if (communicator.size === 1) return mine;
  const count = Float32Array.of(mine ? 1 : 0);
  await communicator.allReduce(count);
  return count[0]! > 0;
}
