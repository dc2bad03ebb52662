import type { SlideSettings } from '../../settings.ts';
import type { OmeImage } from './ome-model.ts';
import type { OmeSet } from './read-ome-set.ts';

/** `ome.*`: the image that is shown, by the names of the OME data model, and the plane that was chosen. */
export function createOmeProperties(
  { images, missingCompanion }: OmeSet,
  image: OmeImage,
  { z, t }: SlideSettings,
): Map<string, string> {
  const { pixels } = image;
  const values: readonly (readonly [string, string | number | undefined])[] = [
    ['ome.missing-companion', missingCompanion],
    ['ome.image-count', images.length],
    ['ome.Image.ID', image.id],
    ['ome.Image.Name', image.name],
    ['ome.Image.AcquisitionDate', image.acquisitionDate],
    ['ome.Pixels.Type', pixels.type],
    ['ome.Pixels.SignificantBits', pixels.significantBits],
    ['ome.Pixels.SizeX', pixels.sizeX],
    ['ome.Pixels.SizeY', pixels.sizeY],
    ['ome.Pixels.SizeC', pixels.sizeC],
    ['ome.Pixels.SizeZ', pixels.sizeZ],
    ['ome.Pixels.SizeT', pixels.sizeT],
    ['ome.Pixels.PhysicalSizeX', pixels.physicalSizeX],
    ['ome.Pixels.PhysicalSizeY', pixels.physicalSizeY],
    ['ome.plane.z', z],
    ['ome.plane.t', t],
  ];
  const known = values.filter(([, value]) => value !== undefined && value !== '');
  return new Map(known.map(([name, value]) => [name, String(value)]));
}
