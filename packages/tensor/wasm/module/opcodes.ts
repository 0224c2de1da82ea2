/**
 * The WebAssembly instructions in use, by their textual names: the core set, fixed-width SIMD
 * (prefix 0xfd), relaxed SIMD (0xfd 0x100 and up) and threads (0xfe).
 * @module
 */

const SIMD = 0xfd00_0000;
const THREADS = 0xfe00_0000;

/** Instructions without immediates. */
export const PLAIN = {
  "unreachable": 0x00,
  "return": 0x0f,
  "drop": 0x1a,
  "select": 0x1b,
  "i32.eqz": 0x45,
  "i32.eq": 0x46,
  "i32.ne": 0x47,
  "i32.lt_s": 0x48,
  "i32.lt_u": 0x49,
  "i32.gt_s": 0x4a,
  "i32.gt_u": 0x4b,
  "i32.le_s": 0x4c,
  "i32.ge_s": 0x4e,
  "i32.ge_u": 0x4f,
  "f64.eq": 0x61,
  "f64.lt": 0x63,
  "f64.gt": 0x64,
  "f64.le": 0x65,
  "i32.ctz": 0x68,
  "i32.popcnt": 0x69,
  "i32.add": 0x6a,
  "i32.sub": 0x6b,
  "i32.mul": 0x6c,
  "i32.div_u": 0x6e,
  "i32.rem_u": 0x70,
  "i32.and": 0x71,
  "i32.or": 0x72,
  "i32.shl": 0x74,
  "i32.shr_s": 0x75,
  "i32.shr_u": 0x76,
  "f32.abs": 0x8b,
  "f32.sqrt": 0x91,
  "f32.add": 0x92,
  "f32.sub": 0x93,
  "f32.mul": 0x94,
  "f32.min": 0x96,
  "f32.max": 0x97,
  "f64.abs": 0x99,
  "f64.floor": 0x9c,
  "f64.sqrt": 0x9f,
  "f64.add": 0xa0,
  "f64.sub": 0xa1,
  "f64.mul": 0xa2,
  "f64.div": 0xa3,
  "f64.min": 0xa4,
  "f64.max": 0xa5,
  "f32.demote_f64": 0xb6,
  "f64.convert_i32_s": 0xb7,
  "f64.promote_f32": 0xbb,
  "i32.trunc_sat_f64_s": 0xfc00_0002,
  "f32x4.splat": SIMD + 0x13,
  "i32x4.splat": SIMD + 0x11,
  "i32x4.eq": SIMD + 0x37,
  "i32x4.ne": SIMD + 0x38,
  "i32x4.lt_s": SIMD + 0x39,
  "i32x4.lt_u": SIMD + 0x3a,
  "i32x4.le_s": SIMD + 0x3d,
  "i32x4.le_u": SIMD + 0x3e,
  "f32x4.eq": SIMD + 0x41,
  "f32x4.ne": SIMD + 0x42,
  "f32x4.lt": SIMD + 0x43,
  "f32x4.gt": SIMD + 0x44,
  "f32x4.le": SIMD + 0x45,
  "v128.not": SIMD + 0x4d,
  "v128.and": SIMD + 0x4e,
  "v128.or": SIMD + 0x50,
  "v128.xor": SIMD + 0x51,
  "v128.bitselect": SIMD + 0x52,
  "v128.any_true": SIMD + 0x53,
  "f32x4.demote_f64x2_zero": SIMD + 0x5e,
  "f64x2.promote_low_f32x4": SIMD + 0x5f,
  "f32x4.ceil": SIMD + 0x67,
  "f32x4.floor": SIMD + 0x68,
  "f32x4.trunc": SIMD + 0x69,
  "f32x4.nearest": SIMD + 0x6a,
  "i32x4.abs": SIMD + 0xa0,
  "i32x4.neg": SIMD + 0xa1,
  "i32x4.bitmask": SIMD + 0xa4,
  "i32x4.shl": SIMD + 0xab,
  "i32x4.shr_s": SIMD + 0xac,
  "i32x4.shr_u": SIMD + 0xad,
  "i32x4.add": SIMD + 0xae,
  "i32x4.sub": SIMD + 0xb1,
  "i32x4.mul": SIMD + 0xb5,
  "i32x4.min_s": SIMD + 0xb6,
  "i32x4.min_u": SIMD + 0xb7,
  "i32x4.max_s": SIMD + 0xb8,
  "i32x4.max_u": SIMD + 0xb9,
  "f32x4.abs": SIMD + 0xe0,
  "f32x4.neg": SIMD + 0xe1,
  "f32x4.sqrt": SIMD + 0xe3,
  "f32x4.add": SIMD + 0xe4,
  "f32x4.sub": SIMD + 0xe5,
  "f32x4.mul": SIMD + 0xe6,
  "f32x4.div": SIMD + 0xe7,
  "f32x4.min": SIMD + 0xe8,
  "f32x4.max": SIMD + 0xe9,
  "f32x4.pmin": SIMD + 0xea,
  "f32x4.pmax": SIMD + 0xeb,
  "f64x2.add": SIMD + 0xf0,
  "f64x2.mul": SIMD + 0xf2,
  "i32x4.trunc_sat_f32x4_s": SIMD + 0xf8,
  "i32x4.trunc_sat_f32x4_u": SIMD + 0xf9,
  "f32x4.convert_i32x4_s": SIMD + 0xfa,
  "f32x4.convert_i32x4_u": SIMD + 0xfb,
  "f32x4.relaxed_madd": SIMD + 0x105,
  "f32x4.relaxed_nmadd": SIMD + 0x106,
  "i32x4.relaxed_laneselect": SIMD + 0x10b,
} as const;

/** Instructions with a lane index. */
export const LANE = {
  "i32x4.extract_lane": SIMD + 0x1b,
  "i32x4.replace_lane": SIMD + 0x1c,
  "f32x4.extract_lane": SIMD + 0x1f,
  "f32x4.replace_lane": SIMD + 0x20,
} as const;

/** Memory accesses: opcode, and the natural alignment as a power of two. */
export const MEMORY = {
  "i32.load": [0x28, 2],
  "f32.load": [0x2a, 2],
  "f64.load": [0x2b, 3],
  "i32.store": [0x36, 2],
  "f32.store": [0x38, 2],
  "f64.store": [0x39, 3],
  "v128.load": [SIMD + 0x00, 4],
  "v128.load32_splat": [SIMD + 0x09, 2],
  "v128.store": [SIMD + 0x0b, 4],
  "v128.load32_zero": [SIMD + 0x5c, 2],
  "v128.load64_zero": [SIMD + 0x5d, 3],
  "memory.atomic.notify": [THREADS + 0x00, 2],
  "memory.atomic.wait32": [THREADS + 0x01, 2],
  "i32.atomic.load": [THREADS + 0x10, 2],
  "i32.atomic.store": [THREADS + 0x17, 2],
  "i32.atomic.rmw.add": [THREADS + 0x1e, 2],
} as const;

/** Memory accesses of one lane. */
export const MEMORY_LANE = {
  "v128.load32_lane": [SIMD + 0x56, 2],
  "v128.store32_lane": [SIMD + 0x5a, 2],
  "v128.store64_lane": [SIMD + 0x5b, 3],
} as const;

/** Name of an instruction without immediates. */
export type PlainOp = keyof typeof PLAIN;
/** Name of an instruction with a lane index. */
export type LaneOp = keyof typeof LANE;
/** Name of a memory access. */
export type MemoryOp = keyof typeof MEMORY;
/** Name of a memory access of one lane. */
export type MemoryLaneOp = keyof typeof MEMORY_LANE;
