/**
 * Parity with the authors' code: recomputes the results of a fixture and compares.
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
 * Result of comparing a fixture.
 *
 * @category Metrics
 */
export interface ParityResult {
  /** Name of the file without extension. */
  readonly name: string;
  /** Whether all errors are within the allowed ratio to their noise floors. */
  readonly verdict: "pass" | "fail";
  /** Group with the largest error relative to its noise floor; absent for an unreadable file. */
  readonly worst?: GroupResult;
  /** Results of all groups. */
  readonly groups: readonly GroupResult[];
  /** Reason of a failure. */
  readonly reason?: string;
}

type Compare = (fixture: Fixture, comparison: Comparison, device: Device) => Promise<void>;

/** Comparisons by the letter that the names of a family start with. */
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

/** Names of tensors that are not results to compare: weights, inputs, index tables, sizes, and a second run in float64. */
const NOT_RESULT = /^(param|before|in|idx|partition|f64)\./;

/**
 * Recomputes the results stored in a fixture and compares.
 *
 * @param name Name of the file without extension, for example `a_pointconv2d_grid`; its first letter selects the family.
 * @param bytes Safetensors file with inputs and results of the authors' code.
 * @param device Device that computes.
 * @param floors Noise floors by file and group. Default: the rounding error of float32 for every group.
 * @returns The result; errors in the file are returned as a failure, not thrown.
 * @category Metrics
 *
 * @example Errors in a file are part of the result
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
    return {
      name,
      verdict: "fail",
      groups: [],
      reason: "its name must start with the letter of a family, a_ to h_",
    };
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
  const missing = comparison.missing((tensor) => !NOT_RESULT.test(tensor));
  if (missing.length > 0) {
    const reason = `${missing.length} tensors were not compared, such as '${missing[0]}'`;
    return { name, verdict: "fail", worst, groups, reason };
  }
  if (worst.ratio <= ALLOWED_RATIO) return { name, verdict: "pass", worst, groups };
  const reason = `'${worst.tensor}' differs by ${worst.error.toExponential(1)}, ` +
    `more than ${ALLOWED_RATIO} times its noise floor ${worst.floor.toExponential(1)}`;
  return { name, verdict: "fail", worst, groups, reason };
}
