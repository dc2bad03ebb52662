import { withNotices } from '../../notices.ts';
import type { FoundImages } from './find-image.ts';
import type { ZarrImage } from './open-image.ts';

/** `ome.*` by the names of OME's data model, as OME-TIFF has them, and `zarr.*`: how the image is stored. */
export function createZarrProperties(
  { main, count, notices }: FoundImages,
  { size, arrays, plan }: ZarrImage,
  { z, t, version }: { readonly z: number; readonly t: number; readonly version: 2 | 3 },
): Map<string, string> {
  const { multiscale, xml, path } = main;
  const info = arrays[0]?.info;
  const shown = plan.shown.map(({ index }) => index);
  const values: readonly (readonly [string, string | number | undefined])[] = [
    ['ome.image-count', count],
    ['ome.Image.Name', multiscale.name ?? xml?.name],
    ['ome.Image.AcquisitionDate', xml?.acquisitionDate],
    ['ome.Pixels.Type', info?.type],
    ['ome.Pixels.SizeX', size.x],
    ['ome.Pixels.SizeY', size.y],
    ['ome.Pixels.SizeC', size.c],
    ['ome.Pixels.SizeZ', size.z],
    ['ome.Pixels.SizeT', size.t],
    ['ome.Pixels.PhysicalSizeX', multiscale.microns?.x ?? xml?.pixels.physicalSizeX],
    ['ome.Pixels.PhysicalSizeY', multiscale.microns?.y ?? xml?.pixels.physicalSizeY],
    ['ome.plane.z', z],
    ['ome.plane.t', t],
    ['ome.shown-channels', shown.length < size.c ? shown.join(', ') : undefined],
    ['zarr.version', version],
    ['zarr.ngff-version', multiscale.version],
    ['zarr.axes', multiscale.axes.join('')],
    ['zarr.path', path],
    ['zarr.shard', info?.shard?.join(' x ')],
  ];
  const known = values.filter(([, value]) => value !== undefined && value !== '');
  return withNotices(new Map(known.map(([name, value]) => [name, String(value)])), notices);
}
