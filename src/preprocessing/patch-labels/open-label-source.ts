import { access } from 'node:fs/promises';
import type { Slide } from '../../slide/slide.ts';
import { MaskError } from '../../utils/errors.ts';
import { getErrorCode } from '../../utils/output-error.ts';
import type { PatchGeometry, PatchPlan } from '../extract-patches/patch-plan.ts';
import { createLabelChooser, type LabelChooser } from './choose-label.ts';
import { type CountedPatches, type CountWatch, countLabels } from './count-labels.ts';
import { fitMask } from './fit-mask.ts';
import { identifyLabelFile } from './identify-label-file.ts';
import { type LabelClass, listLabelClasses } from './label-classes.ts';
import type { LabelMask } from './label-mask.ts';
import { openLabelMask } from './open-label-mask.ts';
import { checkLabelOptions, type LabelOptions, type LabelSettings } from './options.ts';

/** The mask of a slide, open, with what its labels are called. */
export interface LabelSource extends AsyncDisposable {
  /** What decides the labels, as JSON for a run's record. */
  readonly recordOptions: Readonly<Record<string, unknown>>;
  /** What was left out, or is missing. */
  readonly notices: readonly string[];
  /** Classes by their labels, the background first; none where the mask is missing and no classes were given. */
  listClasses(): Promise<readonly LabelClass[]>;
  createChooser(classes: readonly LabelClass[]): LabelChooser;
  /** Undefined where the mask is missing, which was to be no error. */
  readonly count:
    | ((plan: PatchPlan, classes: readonly LabelClass[], watch: CountWatch) => AsyncGenerator<CountedPatches>)
    | undefined;
}

/**
 * Opens the mask, or reads the annotations, of a slide, and holds it against the slide. Nothing is counted yet.
 * @param geometry of the patches: annotations are painted at their pixel size
 * @throws OptionError, MaskError, SourceError, AnnotationError, TiffError, CodecError
 */
export async function openLabelSource(
  slide: Slide,
  geometry: PatchGeometry,
  options: LabelOptions,
): Promise<LabelSource> {
  const settings = checkLabelOptions(options);
  const path = settings.mask ?? settings.annotations ?? '';
  if (!(await exists(path))) return createMissing(path, slide, settings);
  // First: a file that changes from here on is not the one that the record names, and the next run counts anew.
  const recordOptions = describeSettings(settings, await identifyLabelFile(path));
  const { mask, notices } = await openMask(slide, geometry, settings);
  try {
    const { downsample, notices: guesses } = fitMask(mask, slide, settings.downsample);
    return {
      recordOptions,
      notices: [...notices, ...guesses],
      listClasses: () => listLabelClasses(mask, settings.annotations === undefined ? settings.classes : undefined),
      createChooser: (classes) => createLabelChooser(classes, settings),
      count: (plan, classes, watch) => countLabels(plan, { mask, classes, downsample, ...watch }),
      [Symbol.asyncDispose]: () => mask[Symbol.asyncDispose](),
    };
  } catch (error) {
    await mask[Symbol.asyncDispose]();
    throw error;
  }
}

async function openMask(
  slide: Slide,
  { downsample }: PatchGeometry,
  { mask, annotations, classes, reading }: LabelSettings,
): Promise<{ mask: LabelMask; notices: readonly string[] }> {
  if (mask !== undefined) return { mask: await openLabelMask(mask), notices: [] };
  const { openDrawnMask } = await import('./masks/drawn-mask.ts');
  return openDrawnMask(annotations ?? '', { slide, downsample, options: { ...reading, classes } });
}

function createMissing(path: string, slide: Slide, settings: LabelSettings): LabelSource {
  const what = settings.mask === undefined ? 'annotation' : 'mask';
  if (settings.onMissing === 'fail')
    throw new MaskError(path, `no such ${what}, for the slide ${slide.name}`, {
      hint: '--on-missing-mask unlabelled cuts such slides without labels',
    });
  return {
    recordOptions: describeSettings(settings, null),
    notices: [`there is no ${what} ${path}: the patches have no label`],
    listClasses: () => listLabelClasses(undefined, settings.classes),
    createChooser: () => () => ({ label: undefined, labelId: undefined, fractions: [] }),
    count: undefined,
    async [Symbol.asyncDispose]() {},
  };
}

function describeSettings(
  { mask, rule, minFraction, priority, classes, downsample, reading }: LabelSettings,
  file: Record<string, unknown> | null,
): Record<string, unknown> {
  return {
    from: mask === undefined ? 'annotations' : 'mask',
    file,
    rule,
    ...(rule === 'any' || rule === 'fraction' ? { minFraction } : {}),
    ...(priority.length > 0 ? { priority: [...priority] } : {}),
    // In their order: of several names for one label the first come first.
    ...(classes ? { classes: Object.entries(classes).map(([name, label]) => [name, label]) } : {}),
    ...(downsample === undefined ? {} : { downsample }),
    ...(Object.keys(reading).length > 0 ? { reading: JSON.parse(JSON.stringify(reading)) as object } : {}),
  };
}

/** What is there but can't be reached is not missing: it fails where it is opened. */
async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    (cause: unknown) => !['ENOENT', 'ENOTDIR'].includes(getErrorCode(cause) ?? ''),
  );
}
