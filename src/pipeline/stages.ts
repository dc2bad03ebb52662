/**
 * The stages, each loaded when it is first called: a process that cuts patches does not hold the text and the compiled code
 * of conversion, masks and reports. A new stage gets a line here, and `index.ts` names it from here; its types and
 * defaults come from its own files, which are light.
 */

import type { convertSlide as ConvertSlide } from '../preprocessing/convert-slide.ts';
import type { labelPatches as LabelPatches } from '../preprocessing/patch-labels.ts';
import type * as StainNormalization from '../preprocessing/stain-normalization.ts';
import type { detectTissue as DetectTissue } from '../preprocessing/tissue-detection.ts';
import type { validateSlide as ValidateSlide } from '../preprocessing/validate-slide.ts';
import type * as XmlToMask from '../preprocessing/xml-to-mask.ts';
import type { runCohort as RunCohort } from './run-cohort.ts';
import type { resolveSlideInputs as ResolveSlideInputs } from './slide-inputs.ts';

/** Runs the stages over many slides; see `CohortOptions`. */
export const runCohort: typeof RunCohort = async (...given) => (await import('./run-cohort.ts')).runCohort(...given);

/** The slides that files, folders, patterns and CSV lists name. */
export const resolveSlideInputs: typeof ResolveSlideInputs = async (...given) =>
  (await import('./slide-inputs.ts')).resolveSlideInputs(...given);

/** Writes a slide as a pyramidal BigTIFF or OME-TIFF; see `ConvertOptions`. */
export const convertSlide: typeof ConvertSlide = async (...given) =>
  (await import('../preprocessing/convert-slide.ts')).convertSlide(...given);

/** The labels of a plan's patches, by a mask or by annotations; see `LabelOptions`. */
export const labelPatches: typeof LabelPatches = async function* (...given) {
  yield* (await import('../preprocessing/patch-labels.ts')).labelPatches(...given);
};

/** Which parts of a slide are tissue; see `TissueOptions`. A slide without any is a result, not an error. */
export const detectTissue: typeof DetectTissue = async (...given) =>
  (await import('../preprocessing/tissue-detection.ts')).detectTissue(...given);

/** Colours of one slide as those of another; see `StainNormalizerOptions`. */
export const createStainNormalizer: typeof StainNormalization.createStainNormalizer = async (...given) =>
  (await import('../preprocessing/stain-normalization.ts')).createStainNormalizer(...given);

/** The stains of a picture, a slide or a file, as plain data; see `ProfileOptions`. */
export const fitStainProfile: typeof StainNormalization.fitStainProfile = async (...given) =>
  (await import('../preprocessing/stain-normalization.ts')).fitStainProfile(...given);

/** Reads every stored tile of a slide, or a sample; see `ValidateOptions`. */
export const validateSlide: typeof ValidateSlide = async (...given) =>
  (await import('../preprocessing/validate-slide.ts')).validateSlide(...given);

/** The mask of a slide as an array; null where nothing with an area is drawn. */
export const getMask: typeof XmlToMask.getMask = async (...given) =>
  (await import('../preprocessing/xml-to-mask.ts')).getMask(...given);

/** Writes the mask of a slide as a pyramidal TIFF, OME-TIFF, PNG or Zarr; see `WriteMaskOptions`. */
export const writeMask: typeof XmlToMask.writeMask = async (...given) =>
  (await import('../preprocessing/xml-to-mask.ts')).writeMask(...given);

/** The mask at the slide's own resolution, and on request the slide where it is masked; see `ProcessSlideOptions`. */
export const processSlide: typeof XmlToMask.processSlide = async (...given) =>
  (await import('../preprocessing/xml-to-mask.ts')).processSlide(...given);
