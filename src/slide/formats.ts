import { aperioFormat } from './formats/aperio.ts';
import { genericTiffFormat } from './formats/generic-tiff.ts';
import type { SlideFormat } from './slide-format.ts';

/** All formats, asked in this order; the first that recognises the bytes wins. Generic TIFF takes what vendors leave. */
export const SLIDE_FORMATS: readonly SlideFormat[] = [aperioFormat, genericTiffFormat];
