import { basename } from 'node:path';
import { TensorFileError } from '../../utils/errors.ts';
import { SIGNATURE } from '../hdf5/constants.ts';
import { openHdf5 } from '../hdf5/read-hdf5.ts';
import { readSafetensors } from '../safetensors/read-safetensors.ts';
import { openFileSource } from '../source/file-source.ts';
import { readHdf5Features } from './read-hdf5-features.ts';
import { readNativeFeatures } from './read-native-features.ts';
import type { SlideFeatures } from './slide-features.ts';

/**
 * Reads features of any layout: slideloom's own safetensors, and the HDF5 files of CLAM (`h5_files/`), TRIDENT
 * (`features_<model>/`) and STAMP, written by slideloom or by those tools.
 * @throws SourceError; TensorFileError for other files, and damaged ones
 */
export async function readSlideFeatures(path: string): Promise<SlideFeatures> {
  const name = basename(path).replace(/\.(h5|hdf5|safetensors)$/i, '');
  if (!(await isHdf5(path))) return checkCounts(path, readNativeFeatures({ path, name }, await readSafetensors(path)));
  using file = await openHdf5(path);
  return checkCounts(path, readHdf5Features({ path, name }, file));
}

export async function isHdf5(path: string): Promise<boolean> {
  await using source = await openFileSource(path);
  const first = await source.read(0, Math.min(SIGNATURE.length, source.size));
  return SIGNATURE.every((byte, at) => first[at] === byte);
}

/** @throws TensorFileError where there are more places than rows, or fewer */
export function checkCounts(path: string, found: SlideFeatures): SlideFeatures {
  const { count, x, micronsX } = found;
  for (const places of [x, micronsX])
    if (places !== undefined && places.length !== count)
      throw new TensorFileError(path, `${places.length} places for ${count} rows of features`);
  return found;
}
