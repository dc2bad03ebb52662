import { checkFullOverlay, type FullOverlayOptions } from '../../../preprocessing/xml-to-mask/full-overlay-options.ts';
import {
  checkMaskOptions,
  type MaskFormat,
  type WriteMaskOptions,
} from '../../../preprocessing/xml-to-mask/options.ts';
import type { MppOption } from '../../../slide/mpp.ts';
import { OptionError } from '../../../utils/errors.ts';
import { checkInteger } from '../../../utils/options.ts';
import type { ParsedOptions } from '../../option-table.ts';
import { checkWithFlags, dropUndefined } from '../../options/convert.ts';
import type { ANNOTATION_OPTIONS, MASK_OPTIONS } from '../../options/masks.ts';
import { UsageError } from '../../usage-error.ts';
import { MASK_EXTENSIONS } from './make-mask.ts';
import type { MaskSettings } from './mask-entry.ts';

type MaskArguments = ParsedOptions<typeof MASK_OPTIONS> &
  ParsedOptions<Pick<typeof ANNOTATION_OPTIONS, 'check' | 'repair'>> & {
    readonly out: string;
    readonly slide: string | undefined;
    readonly slideSize: readonly number[] | undefined;
  };

/** @throws UsageError */
export function toMaskSettings(
  args: MaskArguments,
  mpp: MppOption | undefined,
): Omit<MaskSettings, 'slide' | 'classes'> {
  const { out, overlay, fullOverlay, check = false, repair = false } = args;
  const size = checkWithFlags({}, () => toSize(args, mpp));
  if (size && (overlay !== undefined || fullOverlay !== undefined))
    throw new UsageError('`--overlay` and `--full-overlay` need the slide', {
      hint: 'give --slide in place of --slide-size',
    });
  const files = [out, overlay, fullOverlay].filter((one) => one !== undefined && !/[/\\]$/.test(one));
  if (new Set(files).size < files.length)
    throw new UsageError('`--out`, `--overlay` and `--full-overlay` name the same file');
  return {
    ...{ out, overlay, fullOverlay, size, check, repair },
    mask: toWriteOptions(args),
    full: toFullOptions(args),
  };
}

function toSize({ slideSize: size, slide }: MaskArguments, mpp: MppOption | undefined): MaskSettings['size'] {
  if (size === undefined) return undefined;
  if (slide !== undefined) throw new OptionError('slideSize', 'no value beside `slide`', size.join());
  const [width, height, ...more] = size;
  if (more.length > 0) throw new OptionError('slideSize', 'width and height: 40000,30000', size.join());
  const most = { min: 1, max: 2 ** 31 - 1 };
  return { width: checkInteger('slideSize', width, most), height: checkInteger('slideSize', height, most), mpp };
}

function toWriteOptions(args: MaskArguments): WriteMaskOptions {
  const { downsample, maskMpp, rule, coords, bits, tileSize, overwrite, out } = args;
  const format = args.format ?? guessFormat(out);
  const options = {
    ...dropUndefined({ downsample, maskMpp, rule, coords, tileSize, overwrite, format }),
    ...(bits !== undefined && { bits }),
  };
  checkWithFlags({}, () => checkMaskOptions(options as WriteMaskOptions));
  return options as WriteMaskOptions;
}

/** By the name of the file that is to be written; undefined for a folder, or a name that says nothing. */
function guessFormat(out: string): MaskFormat | undefined {
  const name = out.replace(/[/\\]+$/, '').toLowerCase();
  if (/\.ome\.tiff?$/.test(name)) return 'ome-tiff';
  return (Object.keys(MASK_EXTENSIONS) as MaskFormat[]).find((format) => name.endsWith(MASK_EXTENSIONS[format]));
}

function toFullOptions({ overlayBackground, chunkSize, onBadTile, tileSize }: MaskArguments): FullOverlayOptions {
  const options = { ...dropUndefined({ background: overlayBackground, chunkSize, onBadTile }) } as FullOverlayOptions;
  checkWithFlags({}, () => checkFullOverlay(options, Math.min(tileSize ?? 512, 1024)));
  return options;
}
