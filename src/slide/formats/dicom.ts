import { isDicomFile } from '../../io/dicom/read-head.ts';
import type { SlideFormat } from '../slide-format.ts';

/**
 * DICOM VL Whole Slide Microscopy: the VOLUME images of a series, each in one file or several, are the levels; LABEL, OVERVIEW
 * and THUMBNAIL images are associated ones. The files lie beside the one that is opened.
 */
export const dicomFormat: SlideFormat = {
  name: 'dicom',
  selectsPlanes: true,
  // Also where the bytes before its mark make it a TIFF: that is a view of one of its images.
  detect: (source) => isDicomFile(source),
  // Its parser is loaded by those who need it.
  open: async (source, _tiff, settings) => (await import('./dicom/open-dicom.ts')).openDicom(source, settings),
};
