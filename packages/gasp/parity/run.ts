/**
 * Parity with the authors' code: one fixture file in, one verdict out.
 * @module
 */
import type { Device } from "@gasp/tensor";
import { messageOf } from "../config/user_error.ts";
import { ALLOWED_RATIO, Comparison, type Floors, type GroupResult, worse } from "./comparison.ts";
import { compareData } from "./data_family.ts";
import { compareDiscriminator } from "./discriminator_family.ts";
import { Fixture } from "./fixture.ts";
import { compareFunction } from "./function_family.ts";
import { compareIndices } from "./index_family.ts";
import { comparePointConv } from "./point_conv_family.ts";
import { comparePool } from "./pool_family.ts";
import { compareSteps } from "./step_family.ts";

/**
 * What came of a file.
 *
 * @category Metrics
 */
export interface ParityResult {
  /** Name of the file without its ending. */
  readonly name: string;
  /** Whether it agrees. */
  readonly verdict: "pass" | "fail";
  /** The group with the largest error relative to its noise floor; none for an unreadable file. */
  readonly worst?: GroupResult;
  /** Every group. */
  readonly groups: readonly GroupResult[];
  /** Why it failed. */
  readonly reason?: string;
}

type Compare = (fixture: Fixture, comparison: Comparison, device: Device) => Promise<void>;

/** What a family compares, by the letter that its names begin with. */
const FAMILIES: Readonly<Record<string, Compare>> = {
  a: comparePointConv,
  b: comparePointConv,
  c: comparePool,
  d: compareDiscriminator,
  e: compareFunction,
  f: compareSteps,
  g: compareIndices,
  h: compareData,
};

/** Tensors that are no results: weights, inputs, index tables, sizes, and a second run in double precision. */
const NO_RESULT = /^(param|before|in|idx|partition|f64)\./;

/**
 * Computes what a file holds and compares.
 *
 * @param name Name of the file without its ending, for example `a_pointconv2d_grid`; its first letter tells the family.
 * @param bytes The file.
 * @param device Where to compute.
 * @param floors Noise floors by file and group. Default: none, so that each floor is the rounding of float32.
 * @returns The verdict; it does not throw for what is wrong with the file.
 * @category Metrics
 *
 * @example What is wrong with a file is part of the result
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { runParityFile } from "@gasp/gasp";
 * import { reference } from "@gasp/tensor";
 *
 * const { verdict, reason } = await runParityFile("a_damaged", Uint8Array.of(1, 2, 3), reference);
 * assertEquals(verdict, "fail");
 * assert(reason !== undefined);
 * ```
 */
export async function runParityFile(
  name: string,
  bytes: Uint8Array,
  device: Device,
  floors: { readonly [name: string]: Floors } = {},
): Promise<ParityResult> {
  const family = FAMILIES[/^([a-z])_/.exec(name)?.[1] ?? ""];
  if (family === undefined) {
    return { name, verdict: "fail", groups: [], reason: "its name begins with no known family (a_ to h_)" };
  }
  try {
    const fixture = new Fixture(bytes);
    const comparison = new Comparison(fixture, floors[name] ?? {});
    await family(fixture, comparison, device);
    return judge(name, comparison);
  } catch (error) {
    return { name, verdict: "fail", groups: [], reason: messageOf(error) };
  }
}

function judge(name: string, comparison: Comparison): ParityResult {
  const { groups } = comparison;
  const worst = groups.reduce(worse);
  const missing = comparison.missing((tensor) => !NO_RESULT.test(tensor));
  if (missing.length > 0) {
    const reason = `nothing was compared with ${missing.length} tensors, such as '${missing[0]}'`;
    return { name, verdict: "fail", worst, groups, reason };
  }
  if (worst.ratio <= ALLOWED_RATIO) return { name, verdict: "pass", worst, groups };
  const reason = `'${worst.tensor}' is off by ${worst.error.toExponential(1)}, ` +
    `more than ${ALLOWED_RATIO} times its floor ${worst.floor.toExponential(1)}`;
  return { name, verdict: "fail", worst, groups, reason };
}
