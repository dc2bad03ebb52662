import type { SlideFormat } from '../slide-format.ts';
import { isZarrMetadata } from './ome-zarr/zarr-names.ts';

/**
 * OME-Zarr (NGFF 0.4 on Zarr v2, 0.5 on Zarr v3): a folder or its address, opened by the metadata file in it. One plane
 * (options `z` and `t`) of its first multiscale image is the slide; its channels are put together into RGB.
 */
export const omeZarrFormat: SlideFormat = {
  name: 'ome-zarr',
  selectsPlanes: true,

  // A folder is no bytes: what describes it is known by its name.
  detect: async ({ name, path, remote }, tiff) =>
    tiff === undefined && isZarrMetadata(name) && (path !== undefined || remote !== undefined),

  // Zarr's reader is loaded by those who need it.
  open: async (source, _tiff, settings) => (await import('./ome-zarr/open-ome-zarr.ts')).openOmeZarr(source, settings),
};
