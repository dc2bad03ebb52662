import type { ConvertOptions } from '../../../preprocessing/convert-slide/options.ts';
import { checkConvertOptions } from '../../../preprocessing/convert-slide/options.ts';
import { checkPictureOptions, type PictureFormatChoice } from '../../../preprocessing/normalize-files/options.ts';
import {
  type DegenerateChoice,
  type GlassChoice,
  type ImplausibleChoice,
  STAIN_DEFAULTS,
  type StainMethodName,
  type StainScope,
  type TargetRule,
} from '../../../preprocessing/stain-normalization/options.ts';
import type { MppOption } from '../../../slide/mpp.ts';
import type { SlideOptions } from '../../../slide/settings.ts';
import { withDefaults } from '../../../utils/options.ts';
import { checkWithFlags, dropUndefined } from '../../options/convert.ts';
import type { NormalizeArguments } from '../../options/normalize.ts';
import { toSlideOptions } from '../../options/slide.ts';
import { UsageError } from '../../usage-error.ts';

export interface NormalizeSettings {
  readonly out: string;
  readonly method: StainMethodName;
  /** Undefined: the method's own reference. */
  readonly targets: readonly string[] | undefined;
  readonly targetRule: TargetRule | undefined;
  /** Undefined: each picture by itself, each slide by its own. */
  readonly fit: StainScope | undefined;
  readonly source: string | undefined;
  readonly onDegenerate: DegenerateChoice;
  readonly glass: GlassChoice;
  readonly implausible: ImplausibleChoice;
  readonly seed: number;
  readonly profileCache: string | undefined;
  readonly format: PictureFormatChoice | undefined;
  readonly quality: number | undefined;
  readonly convert: ConvertOptions;
  readonly overwrite: boolean;
  /** Undefined: `contact-sheet.jpg` in an output folder. */
  readonly sheet: string | undefined;
  readonly mpp: MppOption | undefined;
  readonly mppCsv: string | undefined;
  readonly slide: SlideOptions | undefined;
}

/** What `--target` and `--sheet` take for "as without". */
const DEFAULT_TARGET = 'default';

/** @throws UsageError */
export function toNormalizeSettings(args: NormalizeArguments): NormalizeSettings {
  const { layout, levels, compression, quality, tileSize, onBadTile, stripAssociated, stripMetadata } = args;
  const convert: ConvertOptions = {
    ...dropUndefined({ layout, levels, compression, quality, tileSize, onBadTile, stripAssociated, stripMetadata }),
  };
  const { format, target, fit, source } = args;
  checkWithFlags({}, () => checkConvertOptions(convert));
  checkWithFlags({}, () => checkPictureOptions({ format, quality }));
  if (source !== undefined && fit !== undefined && fit !== 'slide')
    throw new UsageError(`--source is the slide that everything comes from, and --fit ${fit} looks elsewhere`, {
      hint: 'leave one of them out',
    });
  const reference = target?.length === 1 && target[0] === DEFAULT_TARGET;
  const { method, onDegenerate, glass, implausible, seed } = withDefaults(
    STAIN_DEFAULTS,
    dropUndefined(pickStain(args)),
  );
  return {
    ...{ out: args.out, method, targets: reference ? undefined : target, targetRule: args.targetRule, fit, source },
    ...{ onDegenerate, glass, implausible, seed, profileCache: args.profileCache, format, quality, convert },
    ...{ overwrite: args.overwrite === true, sheet: args.sheet, ...toSlideOptions(args) },
  };
}

function pickStain({ method, onDegenerate, glass, implausible, seed }: NormalizeArguments) {
  return { method, onDegenerate, glass, implausible, seed };
}
