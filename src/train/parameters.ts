/**
 * Weights, gradients or moments by the parameter's name, which is that of the initializer in the ONNX graph. Row-major.
 * A map says nothing of who may write to its arrays; each function that does says so.
 */
export type ParameterMap = ReadonlyMap<string, Float32Array>;

/** Sides of each parameter by its name. */
export type ParameterShapes = ReadonlyMap<string, readonly number[]>;

/** Zeros of the same names and sizes. */
export function createZeros(
  parameters: ParameterMap,
  names: Iterable<string> = parameters.keys(),
): Map<string, Float32Array> {
  return new Map([...names].map((name) => [name, new Float32Array(getParameter(parameters, name).length)]));
}

/** @throws RangeError where there is none of this name, or not of `length` elements */
export function getParameter(parameters: ParameterMap, name: string, length?: number): Float32Array {
  const values = parameters.get(name);
  if (!values) throw new RangeError(`expected a parameter named ${name} among ${parameters.size}`);
  if (length !== undefined && values.length !== length)
    throw new RangeError(`expected ${length} elements for ${name} but received ${values.length}`);
  return values;
}
