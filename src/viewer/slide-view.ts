import type { Slide } from '../slide/slide.ts';
import { sha256 } from '../utils/hash.ts';
import { VERSION } from '../utils/version.ts';
import type { ServedSlide } from './collection.ts';
import { createDeepZoomGrid, type DeepZoomGrid } from './deep-zoom.ts';

/** Names of associated images on which a patient's name may be read. */
const IDENTIFYING = new Set(['label', 'macro', 'overview']);

/** What requests need to know of a slide as it is shown. */
export interface SlideView {
  readonly served: ServedSlide;
  readonly grid: DeepZoomGrid;
  /** Changes with the file, with how it is opened, and with slideloom. */
  readonly version: string;
  /** Associated images that are served. */
  readonly associated: readonly string[];
  readonly facts: SlideFacts;
}

/** What `/slides/ID` says. */
export interface SlideFacts {
  readonly id: string;
  readonly format: string;
  /** Level-0 pixels. */
  readonly width: number;
  readonly height: number;
  /** Microns per level-0 pixel; null where the slide says nothing. */
  readonly mpp: { readonly x: number; readonly y: number; readonly source: string } | null;
  readonly objective: number | null;
  readonly vendor: string | null;
  readonly background: 'bright' | 'dark';
  readonly levels: readonly {
    readonly width: number;
    readonly height: number;
    readonly downsample: { readonly x: number; readonly y: number };
    readonly tileWidth: number;
    readonly tileHeight: number;
    readonly codec: string;
  }[];
  readonly channels: readonly {
    readonly name: string;
    readonly bitDepth: number;
    readonly color: readonly number[] | null;
  }[];
  readonly associated: readonly string[];
  readonly overlays: readonly string[];
  readonly version: string;
  /** The grid of the `.dzi`; `stored` are its levels that need no averaging: coarsest first. */
  readonly deepZoom: { readonly tileSize: number; readonly levels: number; readonly stored: readonly number[] };
}

export function createSlideView(
  slide: Slide,
  served: ServedSlide,
  { showLabel, overlays }: { showLabel: boolean; overlays: readonly string[] },
): SlideView {
  const grid = createDeepZoomGrid(slide);
  const { identity } = slide;
  const state = [identity.size, identity.mtimeMs ?? null, identity.etag ?? null, served.options, VERSION];
  const version = sha256(JSON.stringify([served.address, ...state])).slice(0, 16);
  const associated = slide.associatedImages.filter((name) => showLabel || !IDENTIFYING.has(name.toLowerCase()));
  return {
    served,
    grid,
    version,
    associated,
    facts: listFacts(slide, { id: served.id, grid, version, associated, overlays }),
  };
}

function listFacts(
  slide: Slide,
  view: { id: string; grid: DeepZoomGrid; version: string; associated: readonly string[]; overlays: readonly string[] },
): SlideFacts {
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
