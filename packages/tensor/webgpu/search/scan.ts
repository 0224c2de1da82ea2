/**
 * Prefix sums within a workgroup.
 * @module
 */
import { type Shader, WORKGROUP } from "../shader/shader.ts";

/**
 * Declares `scan_tile(value, lane)`, an inclusive prefix sum over the threads. Afterwards `sums[255]` is the total,
 * until the next call; all threads of the workgroup must call it.
 */
export function declareScan(shader: Shader): void {
  shader.declare(`var<workgroup> sums: array<u32, ${WORKGROUP}>;
fn scan_tile(value: u32, lane: u32) -> u32 {
  workgroupBarrier();
  sums[lane] = value;
  for (var apart = 1u; apart < ${WORKGROUP}u; apart *= 2u) {
    workgroupBarrier();
    let before = select(0u, sums[max(lane, apart) - apart], lane >= apart);
    workgroupBarrier();
    sums[lane] += before;
  }
  workgroupBarrier();
  return sums[lane];
}`);
}

/** The total of the last scan. */
export const SCAN_TOTAL = `sums[${WORKGROUP - 1}]`;
