/**
 * Lipschitz constants of set discriminators (appendix B.3 of the paper), in double precision on the host.
 *
 * For γ(x) = [cos 2πBx, sin 2πBx], proposition 2 states Lip(γ) ≤ √8 π ‖B‖. Since cos² + sin² = 1, the Jacobian satisfies
 * `J(x)ᵀ J(x) = 4π² Bᵀ B` at every x, so that its norm is 2π ‖B‖ everywhere: that is the Lipschitz constant, and the paper's
 * bound exceeds it by √2.
 *
 * Proposition 1 states Lip(D) ≤ Lip(ρ) Lip(φ) √(Lip(γ_x)² + Lip(γ_y)²). The two encodings act on separate coordinates and
 * return separate coordinates, so the last factor is max(Lip(γ_x), Lip(γ_y)), smaller by up to √2.
 * @module
 */
import type { StateDict } from "@gasp/autograd";
import type { Tensor } from "@gasp/tensor";
import { layersOf } from "./deep_set.ts";
import { COORDINATE_FREQUENCIES, FEATURE_FREQUENCIES } from "./elements.ts";

/**
 * A matrix on the host.
 *
 * @category Training methods
 */
export interface HostMatrix {
  /** Elements in row-major order. */
  readonly data: ArrayLike<number>;
  /** Rows and columns. */
  readonly shape: readonly [rows: number, columns: number];
}

/** Most sweeps of Jacobi's method; it converges quadratically, in about ten for hundreds of columns. */
const SWEEPS = 60;

/**
 * Computes the spectral norm ‖A‖, the largest singular value, by one-sided Jacobi rotations.
 *
 * @param matrix A.
 *
 * @example
 * ```ts
 * import { spectralNorm } from "@gasp/gasp";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(spectralNorm({ data: [3, 0, 0, -4], shape: [2, 2] }), 4);
 * ```
 *
 * @category Training methods
 */
export function spectralNorm({ data, shape: [rows, columns] }: HostMatrix): number {
  // Columns of A, or of its transpose if that has fewer
  const [count, length] = columns <= rows ? [columns, rows] : [rows, columns];
  const at = (vector: number, i: number) =>
    columns <= rows ? data[i * columns + vector]! : data[vector * columns + i]!;
  const vectors = Array.from({ length: count }, (_, j) => Float64Array.from({ length }, (_, i) => at(j, i)));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let largest = 0;
    for (let p = 0; p < count; p++) {
      for (let q = p + 1; q < count; q++) largest = Math.max(largest, rotate(vectors[p]!, vectors[q]!));
    }
    if (largest < 1e-14) break;
  }
  return Math.max(0, ...vectors.map((vector) => Math.sqrt(dot(vector, vector))));
}

/** Makes two vectors orthogonal by a rotation; returns the cosine of the angle between them before. */
function rotate(a: Float64Array, b: Float64Array): number {
  const alpha = dot(a, a), beta = dot(b, b), gamma = dot(a, b);
  if (gamma === 0) return 0;
  const cosine = Math.abs(gamma) / Math.sqrt(alpha * beta);
  const zeta = (beta - alpha) / (2 * gamma);
  const t = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  const c = 1 / Math.hypot(1, t), s = c * t;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    a[i] = c * x - s * y;
    b[i] = s * x + c * y;
  }
  return cosine;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * Bounds of the Lipschitz constant of Fourier features.
 *
 * @category Training methods
 */
export interface FourierLipschitz {
  /** The Lipschitz constant itself, 2π ‖B‖. */
  readonly exact: number;
  /** The bound of proposition 2, √8 π ‖B‖. */
  readonly paper: number;
}

/**
 * Computes the Lipschitz constant of Fourier features, and the paper's bound.
 *
 * @param frequencies B, `[m, d]`.
 *
 * @example
 * ```ts
 * import { fourierLipschitz } from "@gasp/gasp";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { exact, paper } = fourierLipschitz({ data: [1, 0, 0, 2], shape: [2, 2] });
 * assertAlmostEquals(exact, 4 * Math.PI);
 * assertAlmostEquals(paper, Math.SQRT2 * exact);
 * ```
 *
 * @category Training methods
 */
export function fourierLipschitz(frequencies: HostMatrix): FourierLipschitz {
  const norm = spectralNorm(frequencies);
  return { exact: 2 * Math.PI * norm, paper: Math.sqrt(8) * Math.PI * norm };
}

/**
 * Bounds of the Lipschitz constants of a set discriminator and its parts.
 *
 * @category Training methods
 */
export interface SetLipschitz {
  /** Bound for φ: the product of the spectral norms of its layers, since LeakyReLU has slopes of at most 1. */
  readonly point: number;
  /** Bound for ρ without its sigmoid, which would multiply it by at most ¼. */
  readonly set: number;
  /** γ_x; 1 if coordinates are not encoded. */
  readonly coordinates: FourierLipschitz;
  /** γ_y; 1 if features are not encoded. */
  readonly features: FourierLipschitz;
  /** Bound for the logit as a function of coordinates and features, with exact constants of the encodings. */
  readonly bound: number;
  /** The bound of propositions 1 and 2. */
  readonly paper: number;
  /** Bound for the logit as a function of the features alone, the gradient of which R1 penalises. */
  readonly featureBound: number;
}

/**
 * Bounds the Lipschitz constants of a discriminator of the kind `set`.
 *
 * @param params Its parameters, concrete, such as the tensors `D.*` of a checkpoint.
 * @category Training methods
 */
export async function setLipschitz(params: StateDict): Promise<SetLipschitz> {
  const product = async (name: string) => {
    let bound = 1;
    for (const { weight } of layersOf(params, name)) bound *= spectralNorm(await toMatrix(weight));
    return bound;
  };
  const encoding = async (name: string): Promise<FourierLipschitz> => {
    const frequencies = params[name];
    return frequencies ? fourierLipschitz(await toMatrix(frequencies)) : { exact: 1, paper: 1 };
  };
  const [point, set] = [await product("point"), await product("set")];
  const coordinates = await encoding(COORDINATE_FREQUENCIES), features = await encoding(FEATURE_FREQUENCIES);
  return {
    ...{ point, set, coordinates, features },
    bound: set * point * Math.max(coordinates.exact, features.exact),
    paper: set * point * Math.hypot(coordinates.paper, features.paper),
    featureBound: set * point * features.exact,
  };
}

async function toMatrix(tensor: Tensor): Promise<HostMatrix> {
  return { data: await tensor.data(), shape: tensor.shape as [number, number] };
}
