import { encodeHdf5 } from '../../hdf5/encode-hdf5.ts';
import type { H5Attribute } from '../../hdf5/h5-plan.ts';
import { encodeCorners, encodeFeatures } from '../encode-columns.ts';
import { encodeTorchTensor } from '../encode-torch-tensor.ts';
import type { FeatureFacts, FeatureTable } from '../feature-table.ts';
import type { Layout } from './layout.ts';

/** Rows of a chunk: of CLAM's features (utils/file_utils.py), and of its coordinates (wsi_core/wsi_utils.py). */
const CHUNK_ROWS = { features: 32, coords: 1 } as const;

/**
 * As CLAM's `extract_features_fp.py` and `create_patches_fp.py` write them: `h5_files/<slide>.h5` (features float32, coords
 * int32, no attributes), `pt_files/<slide>.pt` (the features alone, which its training loads) and `patches/<slide>.h5` (coords
 * int64 with what they mean).
 */
export const createClamFiles: Layout = (facts, { out }) => [
  { path: `h5_files/${facts.slide}.h5`, encode: encodeClamFeatures },
  { path: `pt_files/${facts.slide}.pt`, encode: encodeTorchTensor },
  { path: `patches/${facts.slide}.h5`, encode: (table) => encodeClamCoords(table, `${out}/patches`) },
];

function encodeClamFeatures(table: FeatureTable): Iterable<Uint8Array> {
  const { rows, dimension } = table;
  const chunkRows = CHUNK_ROWS.features;
  return encodeHdf5({
    datasets: [
      { name: 'features', type: 'F32', shape: [rows, dimension], chunkRows, content: encodeFeatures(table, false) },
      { name: 'coords', type: 'I32', shape: [rows, 2], chunkRows, content: encodeCorners(table, 'I32') },
    ],
  });
}

function encodeClamCoords(table: FeatureTable, folder: string): Iterable<Uint8Array> {
  const content = encodeCorners(table, 'I64');
  const attributes = listAttributes(table.facts, folder);
  const chunkRows = CHUNK_ROWS.coords;
  return encodeHdf5({
    datasets: [{ name: 'coords', type: 'I64', shape: [table.rows, 2], chunkRows, content, attributes }],
  });
}

function listAttributes({ slide, level }: FeatureFacts, folder: string): H5Attribute[] {
  const { index, width, height, downsample, size } = level;
  return [
    { name: 'patch_size', type: 'int64', value: size },
    { name: 'patch_level', type: 'int64', value: index },
    { name: 'downsample', type: 'float64', value: [downsample.x, downsample.y] },
    { name: 'downsampled_level_dim', type: 'int64', value: [width, height] },
    { name: 'level_dim', type: 'int64', value: [width, height] },
    { name: 'name', type: 'text', value: slide },
    { name: 'save_path', type: 'text', value: folder },
  ];
}
