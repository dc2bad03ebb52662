/** Rows of logits to probabilities, in double precision and rounded once. @returns rows x classes */
export function softmaxRows(logits: Float32Array, classCount: number): Float32Array {
  const out = new Float32Array(logits.length);
  for (let row = 0; row + classCount <= logits.length; row += classCount) {
    let most = -Infinity;
    for (let k = 0; k < classCount; k++) most = Math.max(most, logits[row + k]!);
    let sum = 0;
    for (let k = 0; k < classCount; k++) sum += Math.exp(logits[row + k]! - most);
    for (let k = 0; k < classCount; k++) out[row + k] = Math.exp(logits[row + k]! - most) / sum;
  }
  return out;
}
