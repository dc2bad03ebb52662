/** The input of models_torch.py: sin(0.37 i) for the i-th number. */
export function createWave(dims) {
  const count = dims.reduce((product, size) => product * size, 1);
  return { type: 'float32', dims, data: Float32Array.from({ length: count }, (_, index) => Math.sin(index * 0.37)) };
}

/** Classes 0 and 1 in turn, as probabilities. */
export function createTarget({ rows, first = 0, classes = 2 }) {
  const data = new Float32Array(classes * rows);
  for (let index = 0; index < rows; index += 1) data[classes * index + ((index + first) % 2)] = 1;
  return { type: 'float32', dims: [rows, classes], data };
}
