import { OptionError } from '../../utils/errors.ts';
import { checkChoice, checkInteger, checkNumber } from '../../utils/options.ts';
import type { ClassOptions } from '../xml-to-mask.ts';

/** How the pixels of a mask under a patch become its label; see `LabelOptions.rule`. */
export const LABEL_RULES = ['majority', 'any', 'centre', 'fraction'] as const;
export type LabelRule = (typeof LABEL_RULES)[number];

/** What becomes of a slide whose mask, or annotation, is not there. */
export const MISSING_MASK_POLICIES = ['fail', 'unlabelled'] as const;
export type MissingMaskPolicy = (typeof MISSING_MASK_POLICIES)[number];

/** Where patches have their labels from, and by which rule. */
export interface LabelOptions {
  /** A file of labels over the whole slide: TIFF, OME-TIFF or PNG of one channel, or OME-Zarr. Excludes `annotations`. */
  mask?: string | undefined;
  /** A file of annotations, painted patch by patch at the patches' own pixel size, in place of a mask. */
  annotations?: string | undefined;
  /**
   * `majority`: the label of most pixels, where nothing is drawn being label 0; the lower one of two that are equal.
   * `any`: the first class by `priority` that has a share of at least `minFraction` and at least a pixel; label 0 where none
   * has. `centre`: the label at the patch's centre. `fraction`: as `majority` where its share is at least `minFraction`, else
   * the patch has no label.
   */
  rule?: LabelRule | undefined;
  /** Share of a patch, 0..1, for the rules `any` (default 0: a pixel is enough) and `fraction` (default 0.5). */
  minFraction?: number | undefined;
  /** Rule `any`: names of classes, first come first; those not listed follow by their labels. */
  priority?: readonly string[] | undefined;
  /**
   * Class name to label, 0 to 255: names the labels of a mask, chooses those of annotations, and makes the columns of the
   * table the same for all slides. Without, a mask's own names are taken.
   */
  classes?: Readonly<Record<string, number>> | undefined;
  /** Level-0 pixels per pixel of the mask, where the file does not say it right; the file's pixel size then has no say. */
  downsample?: number | undefined;
  /** `unlabelled`: the patches of a slide without a mask have no label. */
  onMissing?: MissingMaskPolicy | undefined;
  /** How `annotations` are read. */
  reading?: Pick<ClassOptions, 'classBy' | 'coordsFrame' | 'overlapHoles' | 'unmapped'> | undefined;
}

export const LABEL_DEFAULTS = Object.freeze({
  rule: 'majority',
  /** By rule; the others have none. */
  minFraction: Object.freeze({ any: 0, fraction: 0.5 }),
  onMissing: 'fail',
} as const);

export type LabelSettings = ReturnType<typeof checkLabelOptions>;

/** @throws OptionError */
export function checkLabelOptions(options: LabelOptions) {
  const rule = checkChoice('labels.rule', options.rule ?? LABEL_DEFAULTS.rule, LABEL_RULES);
  const { mask, annotations, downsample } = options;
  if ((mask === undefined) === (annotations === undefined))
    throw new OptionError('labels.mask', 'either a mask or annotations', mask === undefined ? undefined : 'both');
  if (annotations !== undefined && downsample !== undefined)
    throw new OptionError('labels.downsample', 'no value beside `annotations`', downsample);
  const [reading] = Object.entries(options.reading ?? {}).filter(([, value]) => value !== undefined);
  if (annotations === undefined && reading)
    throw new OptionError(`labels.reading.${reading[0]}`, 'no value beside `mask`', reading[1]);
  return Object.freeze({
    mask,
    annotations,
    rule,
    minFraction: checkMinFraction(rule, options.minFraction),
    priority: checkPriority(rule, options.priority),
    classes: checkClasses(options.classes),
    downsample: downsample === undefined ? undefined : checkNumber('labels.downsample', downsample, { above: 0 }),
    onMissing: checkChoice('labels.onMissing', options.onMissing ?? LABEL_DEFAULTS.onMissing, MISSING_MASK_POLICIES),
    reading: options.reading ?? {},
  });
}

function checkMinFraction(rule: LabelRule, given: number | undefined): number {
  if (rule === 'any' || rule === 'fraction')
    return checkNumber('labels.minFraction', given ?? LABEL_DEFAULTS.minFraction[rule], { min: 0, max: 1 });
  if (given !== undefined) throw new OptionError('labels.minFraction', `no value for the rule \`${rule}\``, given);
  return 0;
}

function checkPriority(rule: LabelRule, given: readonly string[] | undefined): readonly string[] {
  if (given !== undefined && rule !== 'any')
    throw new OptionError('labels.priority', `no value for the rule \`${rule}\``, given.join());
  return given ?? [];
}

function checkClasses(classes: LabelOptions['classes']): LabelOptions['classes'] {
  if (classes === undefined) return undefined;
  const entries = Object.entries(classes);
  if (entries.length === 0) throw new OptionError('labels.classes', 'at least one class', classes);
  for (const [name, label] of entries) checkInteger(`labels.classes.${name}`, label, { min: 0, max: 255 });
  return classes;
}
