import { getParameter, type ParameterMap } from '../parameters.ts';

/** Writes `source` into the arrays of `target`, all or nothing. @throws RangeError where one is missing or has another size */
export function copyParameters(target: ParameterMap, source: ParameterMap): void {
  const pairs = [...target].map(([name, values]) => [values, getParameter(source, name, values.length)] as const);
  for (const [values, stored] of pairs) values.set(stored);
}
