import { TensorFileError } from '../../utils/errors.ts';
import { isHdf5, openHdf5 } from '../hdf5/open-hdf5.ts';
import { readSafetensors } from '../safetensors/read-safetensors.ts';
import { openFileSource } from '../source/file-source.ts';
import type { FeatureSet } from './feature-set.ts';
import { readHdf5Features } from './read-hdf5-features.ts';
import { readNativeFeatures } from './read-native-features.ts';

/**
 * Reads features of any layout: slideloom's own safetensors, and the HDF5 files of CLAM (`h5_files/`), TRIDENT
 * (`features_<model>/`) and STAMP, written by slideloom or by those tools.
 * @throws SourceError; TensorFileError for other files, and damaged ones
 */
export async function readFeatures(path: string): Promise<FeatureSet> {
  await using source = await openFileSource(path);
  const first = await source.read(0, Math.min(8, source.size));
  if (isHdf5(first)) return checkRows(path, await readHdf5Features(path, await openHdf5(source)));
  return checkRows(path, readNativeFeatures(path, await readSafetensors(path)));
}

function checkRows(path: string, set: FeatureSet): FeatureSet {
  const { rows, corners, microns } = set;
  for (const [name, places] of Object.entries({ corners, microns }))
    if (places !== undefined && places.length !== 2 * rows)
      throw new TensorFileError(path, `${places.length / 2} ${name} for ${rows} rows of features`);
  return set;
}
