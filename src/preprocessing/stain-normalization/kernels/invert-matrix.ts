/** The inverse of a 3 x 3 matrix, by rows, from its cofactors; not finite where there is none. */
export function invertMatrix(m: Float64Array): Float64Array {
  const cofactors = Float64Array.from(m, (_, i) => {
    const [row, column] = [i % 3, Math.floor(i / 3)];
    const at = (y: number, x: number) => m[3 * ((row + y) % 3) + ((column + x) % 3)]!;
    return at(1, 1) * at(2, 2) - at(1, 2) * at(2, 1);
  });
  const determinant = m[0]! * cofactors[0]! + m[1]! * cofactors[3]! + m[2]! * cofactors[6]!;
  return cofactors.map((value) => value / determinant);
}
