/** The input of models_torch.py: sin(0.37 i) for the i-th number. */
export function createWave(dims) {
  const count = dims.reduce((product, size) => product * size, 1);
  return { type: 'float32', dims, data: Float32Array.from({ length: count }, (_, index) => Math.sin(index * 0.37)) };
}

/** Classes 0 and 1 in turn, as probabilities. */
export function createTarget({ rows, first }) {
  const data = new Float32Array(2 * rows);
  for (let index = 0; index < rows; index += 1) data[2 * index + ((index + first) % 2)] = 1;
  return { type: 'float32', dims: [rows, 2], data };
}
