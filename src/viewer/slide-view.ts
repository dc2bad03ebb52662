import type { Slide } from '../slide/slide.ts';
import { sha256 } from '../utils/hash.ts';
import { VERSION } from '../utils/version.ts';
import type { ServedSlide } from './collection.ts';
import type { SlideFacts } from './contract.ts';
import { createDeepZoomGrid, type DeepZoomGrid } from './deep-zoom.ts';
import type { SlideAddress } from './render/picture-job.ts';
import { listViews } from './views/list-views.ts';
import type { StainPlan } from './views/stain-plan.ts';

/** Names of associated images on which a patient's name may be read. */
const IDENTIFYING = /label|macro|overview|barcode|preview/i;

/** What requests need to know of a slide as it is shown. */
export interface SlideView {
  readonly served: ServedSlide;
  /** For threads, which open it themselves. */
  readonly source: Required<SlideAddress>;
  readonly grid: DeepZoomGrid;
  /** Changes with the file, with how it is opened, and with slideloom. */
  readonly version: string;
  /** Associated images that are served. */
  readonly associated: readonly string[];
  readonly facts: SlideFacts;
}

export function createSlideView(
  slide: Slide,
  served: ServedSlide,
  { showLabel, overlays, stain }: { showLabel: boolean; overlays: readonly string[]; stain: StainPlan | undefined },
): SlideView {
  const grid = createDeepZoomGrid(slide);
  const { identity } = slide;
  const state = [identity.size, identity.mtimeMs ?? null, identity.etag ?? null, served.options, VERSION];
  const version = sha256(JSON.stringify([served.address, ...state])).slice(0, 16);
  const associated = slide.associatedImages.filter((name) => showLabel || !IDENTIFYING.test(name));
  return {
    served,
    source: { address: served.address, options: served.options, identity },
    grid,
    version,
    associated,
    facts: {
      ...listFacts(slide, { id: served.id, grid, version, associated, overlays }),
      views: listViews(slide, { version, stain }),
    },
  };
}

function listFacts(
  slide: Slide,
  view: { id: string; grid: DeepZoomGrid; version: string; associated: readonly string[]; overlays: readonly string[] },
): Omit<SlideFacts, 'views'> {
  const { id, grid, version, associated, overlays } = view;
  const { format, width, height, mpp, objectivePower, levels, channels, background = 'bright' } = slide;
  return {
    ...{ id, format, width, height },
    mpp: mpp ? { x: mpp.x, y: mpp.y, source: mpp.source } : null,
    objective: objectivePower ?? null,
    vendor: slide.properties.get('openslide.vendor') ?? null,
    background,
    levels: levels.map(({ downsample, tileWidth, tileHeight, codec, ...size }) => ({
      ...{ width: size.width, height: size.height, downsample, tileWidth, tileHeight, codec },
    })),
    channels: channels.map(({ name, bitDepth, color }) => ({ name, bitDepth, color: color ?? null })),
    ...{ associated, overlays, version },
    deepZoom: {
      tileSize: grid.tileSize,
      levels: grid.levels.length,
      stored: grid.levels.flatMap(({ stored }, index) => (stored === undefined ? [] : [index])),
    },
  };
}
