import { basename } from 'node:path';
import { isSlideloomError } from '../../utils/errors.ts';
import { RequestError } from '../problem.ts';

/**
 * What clients are told of a layer's file that can't be read: it is named without the folders that it lies in.
 * @returns undefined for what is no fault of the file
 */
export function describeLayerFault(error: unknown, { path }: { readonly path: string }): string | undefined {
  const known = isSlideloomError(error) && !isSlideloomError(error, 'slide-closed', 'aborted');
  return known ? (error as Error).message.replaceAll(path, basename(path)) : undefined;
}

/** @throws RequestError 500 where the file can't be read; what else `reading` throws */
export function nameLayerFault<T>(layer: { readonly path: string }, reading: Promise<T>): Promise<T> {
  return reading.catch((error: unknown) => {
    const fault = describeLayerFault(error, layer);
    throw fault === undefined ? error : new RequestError(500, fault);
  });
}
