import type { SlideFormat } from './slide-format.ts';

/** A format that is loaded when it is asked: a slide pays for those before its own, and for no other. */
export interface LazySlideFormat {
  readonly name: string;
  load(): Promise<SlideFormat>;
}

/** All formats, asked in this order; the first that recognises the bytes wins. Generic TIFF takes what vendors leave. */
export const SLIDE_FORMATS: readonly LazySlideFormat[] = [
  { name: 'aperio', load: async () => (await import('./formats/aperio.ts')).aperioFormat },
  { name: 'hamamatsu', load: async () => (await import('./formats/hamamatsu.ts')).hamamatsuFormat },
  { name: 'philips', load: async () => (await import('./formats/philips.ts')).philipsFormat },
  { name: 'leica', load: async () => (await import('./formats/leica-scn.ts')).leicaScnFormat },
  { name: 'ventana', load: async () => (await import('./formats/ventana.ts')).ventanaFormat },
  { name: 'trestle', load: async () => (await import('./formats/trestle.ts')).trestleFormat },
  { name: 'dicom', load: async () => (await import('./formats/dicom.ts')).dicomFormat },
  { name: 'qptiff', load: async () => (await import('./formats/qptiff.ts')).qptiffFormat },
  { name: 'ome-tiff', load: async () => (await import('./formats/ome-tiff.ts')).omeTiffFormat },
  { name: 'ome-zarr', load: async () => (await import('./formats/ome-zarr.ts')).omeZarrFormat },
  { name: 'generic-tiff', load: async () => (await import('./formats/generic-tiff.ts')).genericTiffFormat },
  { name: 'image', load: async () => (await import('./formats/image.ts')).imageFormat },
];
