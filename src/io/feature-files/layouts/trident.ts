import { OptionError } from '../../../utils/errors.ts';
import { encodeHdf5 } from '../../hdf5/encode-hdf5.ts';
import type { H5Attribute, H5DatasetPlan } from '../../hdf5/h5-plan.ts';
import { encodeCorners, encodeFeatures } from '../encode-columns.ts';
import type { FeatureFacts, FeatureTable } from '../feature-table.ts';
import type { Layout } from './layout.ts';

/**
 * As TRIDENT's batch command lays out a job: `20x_512px_0px_overlap/` with `patches/<slide>_patches.h5` (coords int64) and
 * `features_<model>/<slide>.h5` (features float32, coords again), both with attributes, in chunks of one row.
 */
export const createTridentFiles: Layout = (facts, { out }) => {
  const { patch, magnification, model, slide } = facts;
  if (!magnification)
    throw new OptionError(
      'layout',
      'a layout without magnifications, as the slide has neither one nor a pixel size',
      'trident',
      {
        hint: 'give --mpp (library: slide.mpp)',
      },
    );
  const place = `${Number(magnification.patch.toPrecision(6))}x_${patch.size}px_${patch.overlap}px_overlap`;
  const folders = { features: `${place}/features_${model.name}`, coords: `${place}/patches` };
  const coords = listAttributes(facts, magnification, `${out}/${folders.coords}`);
  return [
    {
      path: `${folders.features}/${slide}.h5`,
      encode: (table) => encodeTridentFeatures(table, { coords, folder: `${out}/${folders.features}` }),
    },
    {
      path: `${folders.coords}/${slide}_patches.h5`,
      encode: (table) => encodeHdf5({ datasets: [createCoords(table, coords)] }),
    },
  ];
};

function encodeTridentFeatures(
  table: FeatureTable,
  { coords, folder }: { coords: readonly H5Attribute[]; folder: string },
): Iterable<Uint8Array> {
  const { rows, dimension, facts } = table;
  const attributes: H5Attribute[] = [
    { name: 'name', type: 'text', value: facts.slide },
    { name: 'savetodir', type: 'text', value: folder },
    { name: 'encoder', type: 'text', value: facts.model.name },
  ];
  const content = encodeFeatures(table, false);
  const features: H5DatasetPlan = {
    name: 'features',
    type: 'F32',
    shape: [rows, dimension],
    chunkRows: 1,
    content,
    attributes,
  };
  return encodeHdf5({ datasets: [features, createCoords(table, coords)] });
}

function createCoords(table: FeatureTable, attributes: readonly H5Attribute[]): H5DatasetPlan {
  return {
    name: 'coords',
    type: 'I64',
    shape: [table.rows, 2],
    chunkRows: 1,
    content: encodeCorners(table, 'I64'),
    attributes,
  };
}

function listAttributes(
  { slide, width, height, patch }: FeatureFacts,
  magnification: { readonly slide: number; readonly patch: number },
  folder: string,
): H5Attribute[] {
  return [
    { name: 'patch_size', type: 'int64', value: patch.size },
    toNumber('patch_size_level0', Math.round(patch.span.x)),
    toNumber('level0_magnification', magnification.slide),
    toNumber('target_magnification', magnification.patch),
    { name: 'overlap', type: 'int64', value: patch.overlap },
    { name: 'name', type: 'text', value: slide },
    { name: 'savetodir', type: 'text', value: folder },
    { name: 'level0_width', type: 'int64', value: width },
    { name: 'level0_height', type: 'int64', value: height },
  ];
}

/** An integer is stored as one, as Python does. */
function toNumber(name: string, value: number): H5Attribute {
  return { name, type: Number.isInteger(value) ? 'int64' : 'float64', value };
}
