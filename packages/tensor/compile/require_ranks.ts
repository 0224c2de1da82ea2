/**
 * Checks that a program runs on as many ranks as it was compiled for.
 * @module
 */
import { type Communicator, soloCommunicator } from "../device/communicator.ts";
import type { Program } from "../ir/kernel.ts";
import { isExchangeKernel } from "./exchange_order.ts";

/**
 * Checks the ranks of a program.
 *
 * @param program Program.
 * @param communicator The ranks that will run it. Default: one.
 * @returns The communicator.
 * @throws {Error} If the program exchanges values with another number of ranks.
 */
export function requireRanks(
  { steps }: Program,
  communicator: Communicator = soloCommunicator,
): Communicator {
  for (const { kernel } of steps) {
    if (isExchangeKernel(kernel) && kernel.ranks !== communicator.size) {
      throw new Error(
        `a program of ${kernel.ranks} ranks cannot run on ${communicator.size}: compile the function with the ` +
          "communicator that it runs with",
      );
    }
  }
  return communicator;
}
