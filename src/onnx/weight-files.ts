import { dirname, join } from 'node:path';
import { getLocation } from './model/external-data.ts';
import { isExternal } from './model/tensor.ts';
import type { OnnxModel } from './model.ts';

/**
 * The files beside a model that hold its weights: their paths by their names in the model.
 * @param model as `readModel` gave it from `path`: one that was rewritten has all its weights inside
 */
export function listWeightFiles(path: string, { message }: Pick<OnnxModel, 'message'>): Map<string, string> {
  const files = new Map<string, string>();
  for (const tensor of message.graph?.initializer ?? []) {
    const location = isExternal(tensor) ? getLocation(tensor) : undefined;
    if (location !== undefined) files.set(location, join(dirname(path), location));
  }
  return files;
}
