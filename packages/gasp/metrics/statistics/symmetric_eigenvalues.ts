/**
 * Eigenvalues of symmetric matrices, without eigenvectors: Householder tridiagonalisation, then the implicit QL iteration
 * (Golub & Van Loan, Matrix Computations, sections 8.3 and 8.4). Many times faster than a full decomposition, which matters
 * from some hundred dimensions on.
 *
 * @module
 */

/** Largest number of QL iterations per eigenvalue; a few suffice. */
const MAX_ITERATIONS = 60;

/**
 * Computes the eigenvalues of a symmetric matrix.
 *
 * @param matrix Symmetric, `[size, size]`; only its lower triangle is read.
 * @param size Number of rows.
 * @returns Eigenvalues in ascending order, `[size]`.
 * @throws {RangeError} If the matrix has another size or values that are not finite.
 */
export function symmetricEigenvalues(matrix: ArrayLike<number>, size: number): Float64Array {
  if (matrix.length !== size * size) {
    throw new RangeError(`expected a matrix of ${size}×${size}, got ${matrix.length} values`);
  }
  const copy = Float64Array.from(matrix);
  if (!copy.every(Number.isFinite)) throw new RangeError("the matrix has values that are not finite");
  const { diagonal, below } = tridiagonal(copy, size);
  iterate(diagonal, below);
  return diagonal.sort();
}

/** Reduces a matrix, which is overwritten, to a tridiagonal one with the same eigenvalues. */
function tridiagonal(a: Float64Array, size: number): { diagonal: Float64Array; below: Float64Array } {
  const diagonal = new Float64Array(size), below = new Float64Array(size);
  const v = new Float64Array(size), w = new Float64Array(size);
  // The last row and column are reduced first, so that the remaining matrix is the leading one
  for (let last = size - 1; last >= 1; last--) {
    const row = last * size;
    diagonal[last] = a[row + last]!;
    let scale = 0;
    for (let j = 0; j < last; j++) scale = Math.max(scale, Math.abs(a[row + j]!));
    let tail = 0;
    if (scale > 0) {
      for (let j = 0; j < last; j++) v[j] = a[row + j]! / scale;
      for (let j = 0; j < last - 1; j++) tail += v[j]! * v[j]!;
    }
    if (tail === 0) {
      below[last] = a[row + last - 1]!;
      continue;
    }
    // v := x - α e, with α = -sign(x_last) |x|: the reflection that maps x to α e
    const head = v[last - 1]!, length = Math.sqrt(tail + head * head), alpha = head > 0 ? -length : length;
    below[last] = alpha * scale;
    v[last - 1] = head - alpha;
    reflect(a, size, last, v, w, 2 / (tail + v[last - 1]! ** 2));
  }
  diagonal[0] = a[0]!;
  return { diagonal, below };
}

/** Replaces the leading block A by H A H, with H = 1 - β v vᵀ: A - v wᵀ - w vᵀ, w = β A v - β²/2 (vᵀ A v) v. */
function reflect(
  a: Float64Array,
  size: number,
  count: number,
  v: Float64Array,
  w: Float64Array,
  beta: number,
): void {
  w.fill(0, 0, count);
  for (let i = 0; i < count; i++) {
    const row = i * size, vi = v[i]!;
    let sum = a[row + i]! * vi;
    for (let j = 0; j < i; j++) {
      const element = a[row + j]!;
      sum += element * v[j]!;
      w[j]! += element * vi;
    }
    w[i]! += sum;
  }
  let product = 0;
  for (let i = 0; i < count; i++) product += w[i]! * v[i]!;
  const shift = 0.5 * beta * beta * product;
  for (let i = 0; i < count; i++) w[i] = beta * w[i]! - shift * v[i]!;
  for (let i = 0; i < count; i++) {
    const row = i * size, vi = v[i]!, wi = w[i]!;
    for (let j = 0; j <= i; j++) a[row + j]! -= vi * w[j]! + wi * v[j]!;
  }
}

/** Implicit QL iteration: `diagonal` becomes the eigenvalues, `below` (the element left of each diagonal one) zero. */
function iterate(diagonal: Float64Array, below: Float64Array): void {
  const size = diagonal.length;
  const e = new Float64Array(size);
  for (let i = 1; i < size; i++) e[i - 1] = below[i]!;
  for (let low = 0; low < size; low++) {
    for (let iteration = 0;; iteration++) {
      let high = low;
      for (; high < size - 1; high++) {
        const neighbours = Math.abs(diagonal[high]!) + Math.abs(diagonal[high + 1]!);
        if (Math.abs(e[high]!) <= Number.EPSILON * neighbours) break;
      }
      if (high === low) break;
      if (iteration === MAX_ITERATIONS) throw new RangeError("the eigenvalues of the matrix do not converge");
      sweep(diagonal, e, low, high);
    }
  }
}

function sweep(d: Float64Array, e: Float64Array, low: number, high: number): void {
  let g = (d[low + 1]! - d[low]!) / (2 * e[low]!);
  let r = Math.hypot(g, 1);
  g = d[high]! - d[low]! + e[low]! / (g + (g >= 0 ? r : -r));
  let sine = 1, cosine = 1, p = 0;
  for (let i = high - 1; i >= low; i--) {
    const f = sine * e[i]!, b = cosine * e[i]!;
    r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1]! -= p;
      e[high] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = d[i + 1]! - p;
    r = (d[i]! - g) * sine + 2 * cosine * b;
    p = sine * r;
    d[i + 1] = g + p;
    g = cosine * r - b;
  }
  d[low]! -= p;
  e[low] = g;
  e[high] = 0;
}
