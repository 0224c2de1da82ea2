/**
 * Ranks within one process: the same function on each, with its own arguments.
 * @module
 */
import {
  type Communicator,
  compile,
  type Device,
  disposeTree,
  localCommunicators,
  type Tree,
  treePaths,
} from "@gasp/tensor";

/** Runs a function on all ranks at once. */
export function onRanks<T>(count: number, run: (communicator: Communicator) => Promise<T>): Promise<T[]> {
  return Promise.all(localCommunicators(count).map(run));
}

/** Elements of the leaves of a tree by path, `""` for a tensor. */
export type Values = Readonly<Record<string, readonly number[]>>;

/**
 * Compiles a function on every rank, and runs it once.
 *
 * @param count Number of ranks.
 * @param open Opens the device of a rank.
 * @param fn Function of a rank's arguments.
 * @param args Arguments of a rank.
 * @param through Wraps communicators. Default: as they are.
 * @returns The results of each rank.
 */
export function computeOnRanks<A extends readonly Tree[]>(
  count: number,
  open: () => Promise<Device>,
  fn: (...args: A) => Tree,
  args: (rank: number) => A,
  through: (communicator: Communicator) => Communicator = (communicator) => communicator,
): Promise<Values[]> {
  return onRanks(count, async (communicator) => {
    await using device = await open();
    using compiled = compile<A, Tree>(fn, { device, communicator: through(communicator) });
    const result = await (compiled as (...args: A) => Promise<Tree>)(...args(communicator.rank));
    const values: Record<string, number[]> = {};
    for (const [path, leaf] of treePaths(result)) values[path] = [...await leaf.data()];
    disposeTree(result);
    return values;
  });
}
