import type { Slide } from '../slide/slide.ts';
import { createAnswerCache } from './answer-cache.ts';
import { collectSlides, type ServedSlide, type SlideCollection } from './collection.ts';
import { createFairQueue } from './fair-queue.ts';
import { createFileStates } from './file-states.ts';
import { checkGivenLayers } from './layers/given-places.ts';
import { createLayerCatalog, type LayerCatalog } from './layers/layer-catalog.ts';
import type { ViewerSettings } from './options.ts';
import { createOverlayShelf, type OverlayShelf } from './overlays/overlay-shelf.ts';
import type { PictureMenu } from './picture.ts';
import { createPictureMenu } from './picture-menu.ts';
import { createRenderer } from './render/create-renderer.ts';
import { createSlideShelf } from './slide-shelf.ts';
import { createSlideView, type SlideView } from './slide-view.ts';
import { createStainPlan } from './views/stain-plan.ts';
import { createStainViews, type StainViews } from './views/stain-views.ts';

/** What the server is at. */
export interface ViewerLoad {
  /** Pictures that are being made, and that wait for it. */
  readonly running: number;
  readonly waiting: number;
  /** Slides open in the server's own thread. */
  readonly openSlides: number;
  /** Bytes of pictures that are kept. */
  readonly cachedBytes: number;
}

/** The slides that are served, and pictures of them: kept, made once, so many at a time. Whoever opens it closes it. */
export interface SlidePictures extends PictureMenu, AsyncDisposable {
  readonly layers: LayerCatalog;
  readonly overlays: OverlayShelf;
  /** Undefined where slides are shown in their own colours only. */
  readonly stains: StainViews | undefined;
  readonly collection: SlideCollection;
  getLoad(): ViewerLoad;
  /** Opens the slide if need be. @throws what opening does; OptionError for a channel that it does not have */
  view(served: ServedSlide): Promise<SlideView>;
}

/** @throws OptionError, SourceError */
export async function openSlidePictures(settings: ViewerSettings): Promise<SlidePictures> {
  const { maxOpen, cacheBytes, workers, maxWaiting, quality, showLabel, slideOptions, followLinks, mppCsv } = settings;
  const collection = await collectSlides(settings.slides, { followLinks, options: slideOptions, mppCsv });
  const given = await checkGivenLayers(settings.layers);
  const overlays = await createOverlayShelf(settings.overlays, collection, maxOpen);
  const plan = settings.stain && (await createStainPlan(settings.stain));
  const shelf = createSlideShelf(maxOpen);
  const renderer = createRenderer({ workers, maxOpen });
  const queue = createFairQueue({ concurrency: renderer.size, maxWaiting });
  const cache = createAnswerCache(cacheBytes);
  const stains = plan && createStainViews(plan, { queue, renderer });
  const views = new WeakMap<Slide, Map<string, SlideView>>();
  const states = createFileStates();
  // A file that took the place of another is opened anew.
  const useSlide = async <T>(served: ServedSlide, use: Parameters<typeof shelf.use<T>>[2]) =>
    shelf.use(JSON.stringify([served.address, served.options, await states.find(served.address)]), served, use);
  const { coordsFrame, layerBytes: maxBytes } = settings;
  const layers = createLayerCatalog({ collection, given, followLinks, coordsFrame, overlays, maxBytes, useSlide });

  function getView(slide: Slide, served: ServedSlide): SlideView {
    // One file may have several names, and each of them is a slide.
    const own = views.get(slide) ?? new Map<string, SlideView>();
    const named = overlays.list(served.id).map(({ name }) => name);
    const view = own.get(served.id) ?? createSlideView(slide, served, { showLabel, overlays: named, stain: plan });
    views.set(slide, own.set(served.id, view));
    return view;
  }

  return {
    collection,
    getLoad: () => ({
      running: queue.running,
      waiting: queue.waiting,
      openSlides: shelf.size,
      cachedBytes: cache.bytes,
    }),
    view: (served) => useSlide(served, (slide) => getView(slide, served)),
    ...{ layers, overlays, stains },
    ...createPictureMenu({ cache, queue, renderer, overlays, quality, useSlide }),
    async [Symbol.asyncDispose]() {
      cache.clear();
      await Promise.all([shelf.close(), overlays.close()]);
      await renderer[Symbol.asyncDispose]();
    },
  };
}
