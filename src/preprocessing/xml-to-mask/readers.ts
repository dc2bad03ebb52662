import type { AnnotationFormat } from './detect-format.ts';
import type { AnnotationReader } from './readers/reader.ts';

/** The readers, loaded when a file asks for them. */
export const READERS: Readonly<Record<AnnotationFormat, () => Promise<AnnotationReader>>> = {
  aperio: async () => (await import('./readers/aperio.ts')).readAperio,
  asap: async () => (await import('./readers/asap.ts')).readAsap,
  geojson: async () => (await import('./readers/geojson.ts')).readGeoJson,
  ndpa: async () => (await import('./readers/ndpa.ts')).readNdpa,
  halo: async () => (await import('./readers/halo.ts')).readHalo,
  ncrf: async () => (await import('./readers/ncrf.ts')).readNcrf,
};
