import { UnsupportedFormatError } from '../../../utils/errors.ts';

/** VL Whole Slide Microscopy Image Storage. */
export const WSI_SOP_CLASS = '1.2.840.10008.5.1.4.1.1.77.1.6';

/** Other things that lie beside slides. */
const NAMES: Readonly<Record<string, string>> = {
  '1.2.840.10008.5.1.4.1.1.66.4': 'a segmentation',
  '1.2.840.10008.5.1.4.1.1.66.7': 'a label map segmentation',
  '1.2.840.10008.5.1.4.1.1.91.1': 'annotations (microscopy bulk simple annotations)',
  '1.2.840.10008.5.1.4.1.1.30': 'a parametric map',
  '1.2.840.10008.5.1.4.1.1.88.34': 'a structured report',
  '1.2.840.10008.5.1.4.1.1.77.1.2': 'a microscopic image that is not of a whole slide',
  '1.2.840.10008.5.1.4.1.1.77.1.3': 'a microscopic image in slide coordinates',
  '1.2.840.10008.1.3.10': 'a directory of files (DICOMDIR)',
};

/** @throws UnsupportedFormatError for anything but a whole slide image */
export function checkSopClass(name: string, uid: string | undefined): void {
  if (uid === WSI_SOP_CLASS) return;
  const what = (uid && NAMES[uid]) ?? `an object of the class ${uid ?? '(none)'}`;
  throw new UnsupportedFormatError(name, `a DICOM file with ${what}, not a slide`, {
    hint: 'open a file of the class VL Whole Slide Microscopy Image',
  });
}
