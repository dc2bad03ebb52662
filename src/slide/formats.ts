import { aperioFormat } from './formats/aperio.ts';
import { dicomFormat } from './formats/dicom.ts';
import { genericTiffFormat } from './formats/generic-tiff.ts';
import { hamamatsuFormat } from './formats/hamamatsu.ts';
import { imageFormat } from './formats/image.ts';
import { leicaScnFormat } from './formats/leica-scn.ts';
import { omeTiffFormat } from './formats/ome-tiff.ts';
import { omeZarrFormat } from './formats/ome-zarr.ts';
import { philipsFormat } from './formats/philips.ts';
import { qptiffFormat } from './formats/qptiff.ts';
import { trestleFormat } from './formats/trestle.ts';
import { ventanaFormat } from './formats/ventana.ts';
import type { SlideFormat } from './slide-format.ts';

/** All formats, asked in this order; the first that recognises the bytes wins. Generic TIFF takes what vendors leave. */
export const SLIDE_FORMATS: readonly SlideFormat[] = [
  aperioFormat,
  hamamatsuFormat,
  philipsFormat,
  leicaScnFormat,
  ventanaFormat,
  trestleFormat,
  dicomFormat,
  qptiffFormat,
  omeTiffFormat,
  omeZarrFormat,
  genericTiffFormat,
  imageFormat,
];
