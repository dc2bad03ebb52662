import {
  checkLabelOptions,
  LABEL_DEFAULTS,
  LABEL_RULES,
  type LabelOptions,
  MISSING_MASK_POLICIES,
} from '../../preprocessing/patch-labels/options.ts';
import { type OptionTable, type ParsedOptions, toFlag } from '../option-table.ts';
import { UsageError } from '../usage-error.ts';
import { checkWithFlags, dropUndefined } from './convert.ts';
import { ANNOTATION_OPTIONS } from './masks.ts';

const group = 'Labels:';
const { any, fraction } = LABEL_DEFAULTS.minFraction;

/** Where patches have their labels from: each is an option of `extractPatches`, in its `labels`. */
export const LABEL_OPTIONS = {
  mask: {
    type: 'string',
    describe:
      'mask of labels over the slide (TIFF, PNG, OME-Zarr; from `masks` or others): a file, a folder of files with the ' +
      "slides' names, or a path with {stem} in place of the name",
    group,
  },
  annotations: {
    type: 'string',
    describe: 'annotations in place of a mask, painted patch by patch: a file, a folder, or a path with {stem}',
    group,
  },
  labelRule: {
    type: 'string',
    choices: LABEL_RULES,
    describe:
      'what makes the label: most pixels; any pixels of a class, by --label-priority; the pixel at the centre; or most ' +
      'pixels if they are --label-min-fraction, else no label',
    default: LABEL_DEFAULTS.rule,
    group,
  },
  labelMinFraction: {
    type: 'number',
    describe: 'share of a patch that a class needs, 0 to 1, by the rules any and fraction',
    default: `${any} for any, ${fraction} for fraction`,
    group,
  },
  labelPriority: {
    type: 'strings',
    describe: 'rule any: classes, first come first',
    default: 'by their labels',
    group,
  },
  maskDownsample: {
    type: 'number',
    describe: 'level-0 pixels per mask pixel, where the mask does not say it right',
    default: 'as the mask says, or as it fits',
    group,
  },
  onMissingMask: {
    type: 'string',
    choices: MISSING_MASK_POLICIES,
    describe: 'a slide without mask or annotation: fail, or cut it without labels',
    default: LABEL_DEFAULTS.onMissing,
    group,
  },
  classes: {
    type: 'string',
    describe: 'JSON file, {"Tumor": 1, "Stroma": 2}: names of labels, and the same columns for all slides',
    default: 'as the mask names them',
    group,
  },
  classBy: {
    ...ANNOTATION_OPTIONS.classBy,
    describe: `of --annotations: ${ANNOTATION_OPTIONS.classBy.describe}`,
    group,
  },
  coordsFrame: {
    ...ANNOTATION_OPTIONS.coordsFrame,
    describe: `of --annotations: ${ANNOTATION_OPTIONS.coordsFrame.describe}`,
    group,
  },
  overlapHoles: {
    ...ANNOTATION_OPTIONS.overlapHoles,
    describe: `of --annotations: ${ANNOTATION_OPTIONS.overlapHoles.describe}`,
    group,
  },
} as const satisfies OptionTable;

/** By the option of the library. */
const FLAGS = {
  'labels.mask': 'mask',
  'labels.rule': 'labelRule',
  'labels.minFraction': 'labelMinFraction',
  'labels.priority': 'labelPriority',
  'labels.downsample': 'maskDownsample',
  'labels.onMissing': 'onMissingMask',
  'labels.reading.classBy': 'classBy',
  'labels.reading.coordsFrame': 'coordsFrame',
  'labels.reading.overlapHoles': 'overlapHoles',
} as const;

/** Undefined where no labels were asked for. @throws UsageError; SourceError where the file of classes can't be read */
export async function toLabelOptions(args: ParsedOptions<typeof LABEL_OPTIONS>): Promise<LabelOptions | undefined> {
  const { mask, annotations, classBy, coordsFrame, overlapHoles } = args;
  if (mask === undefined && annotations === undefined) {
    const stray = Object.keys(LABEL_OPTIONS).find((key) => args[key as keyof typeof LABEL_OPTIONS] !== undefined);
    if (stray === undefined) return undefined;
    throw new UsageError(`${toFlag(stray)} says something of labels, and nothing gives any`, {
      hint: 'give --mask or --annotations',
    });
  }
  const { readClasses } = await import('../commands/masks/class-options.ts');
  const options: LabelOptions = {
    ...dropUndefined({
      ...{ mask, annotations, rule: args.labelRule, minFraction: args.labelMinFraction },
      ...{ priority: args.labelPriority, downsample: args.maskDownsample, onMissing: args.onMissingMask },
      classes: args.classes === undefined ? undefined : await readClasses(args.classes),
      reading: dropUndefined({ classBy, coordsFrame, overlapHoles }),
    }),
  };
  checkWithFlags(FLAGS, () => checkLabelOptions(options));
  return options;
}
