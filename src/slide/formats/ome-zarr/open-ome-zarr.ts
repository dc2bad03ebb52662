import type { ByteSource } from '../../../io/source/byte-source.ts';
import { UnsupportedFormatError } from '../../../utils/errors.ts';
import { resolveMpp } from '../../mpp.ts';
import type { SlideSettings } from '../../settings.ts';
import type { SlideBacking } from '../../slide-format.ts';
import { readAssociatedImage } from './associated-images.ts';
import { createChunkGate } from './chunk-gate.ts';
import { findImages } from './find-image.ts';
import { hashZarr, identifyZarr } from './identify.ts';
import { openZarrImage } from './open-image.ts';
import { createZarrProperties } from './properties.ts';
import { createZarrNodes, type ZarrNodes } from './zarr-nodes.ts';
import { openZarrStore } from './zarr-store.ts';

/** The slide in the folder of the metadata file that `source` reads. @throws UnsupportedFormatError, OptionError */
export async function openOmeZarr(source: ByteSource, settings: SlideSettings): Promise<SlideBacking> {
  const store = openZarrStore(source);
  try {
    return { ...(await openBacking(source, createZarrNodes(store), settings)), close: () => store.close() };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function openBacking(source: ByteSource, nodes: ZarrNodes, settings: SlideSettings): Promise<SlideBacking> {
  const { store } = nodes;
  const root = await nodes.read('');
  if (!root) throw new UnsupportedFormatError(store.name, 'no Zarr group or array');
  const found = await findImages(root, nodes);
  const { z, t } = settings;
  const options = { gate: createChunkGate(), settings, z, t };
  const image = await openZarrImage(found.main, nodes, options);
  const { multiscale, xml } = found.main;
  const { physicalSizeX: x, physicalSizeY: y } = xml?.pixels ?? {};
  const stated = x !== undefined && y !== undefined ? { x, y } : undefined;
  return {
    name: store.name,
    levels: image.levels,
    mpp: resolveMpp({ override: settings.mpp, metadata: multiscale.microns ?? stated }),
    objectivePower: xml?.objectivePower,
    channels: image.plan.channels,
    plane: image.size.z * image.size.t > 1 ? { z, t } : undefined,
    properties: createZarrProperties(found, image, { z, t, version: root.version }),
    associatedImages: new Map(
      [...found.associated].map(([name, path]) => [name, () => readAssociatedImage(path, nodes, options)]),
    ),
    iccProfile: undefined,
    // A remote one is known by the ETag of its metadata.
    ...(!source.remote && { identity: await identifyZarr(nodes, image.arrays) }),
    computeQuickHash: () => hashZarr(nodes, image.arrays),
  };
}
