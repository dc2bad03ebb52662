import { OptionError, UnsupportedFormatError } from '../../../utils/errors.ts';
import type { SlideSettings } from '../../settings.ts';
import type { BackingLevel } from '../../slide-format.ts';
import { readArrayInfo } from './array-info.ts';
import { type ChannelPlan, planChannels } from './channel-plan.ts';
import type { ChunkGate } from './chunk-gate.ts';
import { getSizes, type Sizes } from './chunk-grid.ts';
import { type FoundImage, joinKeys } from './find-image.ts';
import type { AxisName } from './multiscales.ts';
import { readOmeroChannels } from './omero-channels.ts';
import { openZarrArray, type ZarrArray } from './zarr-array.ts';
import { createZarrLevel } from './zarr-level.ts';
import type { ZarrNodes } from './zarr-nodes.ts';

export interface ZarrImage {
  readonly levels: readonly [BackingLevel, ...BackingLevel[]];
  readonly arrays: readonly ZarrArray[];
  readonly plan: ChannelPlan;
  /** Of level 0. */
  readonly size: Sizes;
}

export interface ImageOptions {
  readonly gate: ChunkGate;
  readonly z: number;
  readonly t: number;
  readonly settings: Pick<SlideSettings, 'maxTileBytes' | 'window'>;
}

/** @throws UnsupportedFormatError for arrays that are no levels of one image; OptionError for a plane that it has not */
export async function openZarrImage(image: FoundImage, nodes: ZarrNodes, options: ImageOptions): Promise<ZarrImage> {
  const { axes } = image.multiscale;
  const arrays = await openArrays(image, nodes, options);
  const [first] = arrays;
  if (!first) throw new UnsupportedFormatError(nodes.store.name, 'an image without arrays');
  const full = getSizes(first.info.shape, axes);
  checkPlane(options, full);
  const { name, type } = first.info;
  const { settings } = options;
  const plan = planChannels(readOmeroChannels(image.ome), {
    ...{ name, type, count: full.c, settings },
    interleaved: axes.at(-1) === 'c',
  });
  const context = { axes, plan, full, plane: options, maxTileBytes: settings.maxTileBytes };
  const levels: BackingLevel[] = [];
  for (const array of arrays) {
    checkLevel(array, first, { axes, finer: levels.at(-1) });
    levels.push(createZarrLevel(array, context));
  }
  return { levels: levels as [BackingLevel, ...BackingLevel[]], arrays, plan, size: full };
}

async function openArrays(
  { path, multiscale }: FoundImage,
  nodes: ZarrNodes,
  { gate, settings }: ImageOptions,
): Promise<ZarrArray[]> {
  const { store } = nodes;
  const arrays: ZarrArray[] = [];
  for (const dataset of multiscale.paths) {
    const key = joinKeys(path, dataset);
    const node = await nodes.read(key);
    if (!node) throw new UnsupportedFormatError(store.name, `the array "${key}" of the image is missing`);
    const name = key === '' ? store.name : `${store.name}/${key}`;
    const info = readArrayInfo(node, { name, maxBytes: settings.maxTileBytes });
    if (info.shape.length !== multiscale.axes.length)
      throw new UnsupportedFormatError(
        name,
        `${info.shape.length} axes where ${multiscale.axes.join(', ')} are stated`,
      );
    arrays.push(openZarrArray(info, { store, gate }));
  }
  return arrays;
}

function checkPlane({ z, t }: ImageOptions, full: Sizes): void {
  if (z >= full.z) throw new OptionError('z', `an integer from 0 to ${full.z - 1}`, z);
  if (t >= full.t) throw new OptionError('t', `an integer from 0 to ${full.t - 1}`, t);
}

/** A level is smaller than the one before it, has level 0's shape but for rounding, its channels and its type. */
function checkLevel(
  { info }: ZarrArray,
  first: ZarrArray,
  { axes, finer }: { readonly axes: readonly AxisName[]; readonly finer: BackingLevel | undefined },
): void {
  const size = getSizes(info.shape, axes);
  const full = getSizes(first.info.shape, axes);
  const { type, name } = info;
  if (size.c !== full.c || type !== first.info.type)
    throw new UnsupportedFormatError(
      name,
      `${size.c} channels of ${type}, and ${full.c} of ${first.info.type} in level 0`,
    );
  if (size.z > full.z || size.t > full.t) throw new UnsupportedFormatError(name, 'more planes than level 0');
  if (!finer) return;
  const grows = size.x > finer.width || size.y > finer.height || (size.x === finer.width && size.y === finer.height);
  // Each halving may round a side up or down: an error that grows with the number of them, to less than two pixels.
  const expected = (full.y * size.x) / full.x;
  const slack = 2 + (2 * expected) / size.x;
  if (grows || Math.abs(size.y - expected) > slack)
    throw new UnsupportedFormatError(
      name,
      `${size.x} x ${size.y} pixels are no reduced copy of ${full.x} x ${full.y} pixels`,
    );
}
