import { OptionError } from '../../../utils/errors.ts';
import { encodeHdf5 } from '../../hdf5/encode-hdf5.ts';
import { encodeCorners, encodeFeatures } from '../encode-columns.ts';
import type { Layout } from './layout.ts';

/** The first version whose files have `tile_size_um`: older ones refuse what is newer than they are. */
const STAMP_VERSION = '2.1.0';

/**
 * As `stamp preprocess` writes them: `<model>-<hash>/<slide>.h5` with coords float32 in microns and feats float16. The hash, of
 * its own code there, is of the model's file here.
 */
export const createStampFiles: Layout = ({ slide, mpp, patch, model }) => {
  if (!mpp || patch.mpp === undefined)
    throw new OptionError('layout', 'a layout without microns, as the slide has no pixel size', 'stamp', {
      hint: 'give --mpp (library: slide.mpp)',
    });
  const hash = model.sha256.slice(0, 8);
  const tileMicrons = patch.size * patch.mpp;
  return [
    {
      path: `${model.name}-${hash}/${slide}.h5`,
      encode: (table) =>
        encodeHdf5({
          datasets: [
            { name: 'coords', type: 'F32', shape: [table.rows, 2], content: encodeCorners(table, 'F32', mpp) },
            { name: 'feats', type: 'F16', shape: [table.rows, table.dimension], content: encodeFeatures(table, true) },
          ],
          attributes: [
            { name: 'stamp_version', type: 'text', value: STAMP_VERSION },
            { name: 'extractor', type: 'text', value: model.name },
            { name: 'unit', type: 'text', value: 'um' },
            { name: 'tile_size_um', type: 'float64', value: tileMicrons },
            { name: 'tile_size_px', type: 'int64', value: patch.size },
            { name: 'code_hash', type: 'text', value: hash },
            { name: 'feat_type', type: 'text', value: 'tile' },
          ],
        }),
    },
  ];
};
