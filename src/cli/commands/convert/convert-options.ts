import { type ConvertOptions, checkConvertOptions } from '../../../preprocessing/convert-slide/options.ts';
import { checkWithFlags, dropUndefined } from '../../options/convert.ts';

/** For `convertSlide`; what was not given is left out. @throws UsageError */
export function toConvertOptions(args: ConvertOptions): ConvertOptions {
  const { layout, levels, compression, quality, tileSize, copy, checkCopies } = args;
  const { composite, onBadTile, overwrite, stripAssociated, stripMetadata } = args;
  const how = { layout, levels, compression, quality, tileSize, copy, checkCopies, composite };
  const options: ConvertOptions = {
    ...dropUndefined({ ...how, onBadTile, overwrite, stripAssociated, stripMetadata }),
  };
  checkWithFlags({}, () => checkConvertOptions(options));
  return options;
}
