/**
 * The layer that a parameter belongs to, by its name: up to the first part that ends in a number (`blocks.3`, `layer1`,
 * `encoder.layers.encoder_layer_0`), else all but the last part (`head` of `head.weight`). What stands at the root, such as
 * the class token and the positions of a transformer, belongs to the model's first layer, which is ''.
 */
export function getLayerUnit(parameter: string): string {
  const parts = parameter.split(/[./]/);
  const numbered = parts.findIndex((part) => /\d$/.test(part));
  const length = numbered >= 0 && numbered < parts.length - 1 ? numbered + 1 : parts.length - 1;
  return parts.slice(0, length).join('.');
}

/** The layers of a model from its input to its output; `names` are in the order of the forward pass. */
export function listLayerUnits(names: readonly string[]): string[] {
  const units = [...new Set(names.map(getLayerUnit))];
  // Whatever stands at the root is used at the input, wherever the graph names it first.
  return units.includes('') ? ['', ...units.filter((unit) => unit !== '')] : units;
}
