/** Eigenvalues in ascending order, and unit eigenvectors: `vectors[3 * k ..]` belongs to `values[k]`. */
export interface EigenSystem {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

const MAX_SWEEPS = 64;

/** Of a symmetric 3 x 3 matrix, by rows. Jacobi's rotations: exact to rounding, with no order or sign of LAPACK's. */
export function computeSymmetricEigen(matrix: Float64Array): EigenSystem {
  const a = Float64Array.from(matrix);
  const v = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    if (a[1] === 0 && a[2] === 0 && a[5] === 0) break;
    rotate(a, v, 0, 1);
    rotate(a, v, 0, 2);
    rotate(a, v, 1, 2);
  }
  const order = [0, 1, 2].sort((i, j) => a[4 * i]! - a[4 * j]!);
  const vectors = Float64Array.from(order.flatMap((k) => [v[k]!, v[3 + k]!, v[6 + k]!]));
  return { values: Float64Array.from(order, (k) => a[4 * k]!), vectors };
}

/** Turns the plane of axes p and q so that a[p][q] vanishes. Source: Golub & Van Loan, Matrix Computations, 8.5. */
function rotate(a: Float64Array, v: Float64Array, p: number, q: number): void {
  const apq = a[3 * p + q]!;
  if (apq === 0) return;
  const theta = (a[4 * q]! - a[4 * p]!) / (2 * apq);
  const t = Math.abs(theta) > 1e150 ? 0.5 / theta : (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < 3; k++) {
    const akp = a[3 * k + p]!;
    const akq = a[3 * k + q]!;
    a[3 * k + p] = c * akp - s * akq;
    a[3 * k + q] = s * akp + c * akq;
  }
  for (let k = 0; k < 3; k++) {
    const apk = a[3 * p + k]!;
    const aqk = a[3 * q + k]!;
    a[3 * p + k] = c * apk - s * aqk;
    a[3 * q + k] = s * apk + c * aqk;
    const vkp = v[3 * k + p]!;
    const vkq = v[3 * k + q]!;
    v[3 * k + p] = c * vkp - s * vkq;
    v[3 * k + q] = s * vkp + c * vkq;
  }
  a[3 * p + q] = 0;
  a[3 * q + p] = 0;
}
