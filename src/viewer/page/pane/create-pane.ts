import { effect, type ReadonlySignal, signal } from '@preact/signals';
import OpenSeadragon from 'openseadragon';
import type { SlideFacts } from '../../contract.ts';
import { notify } from '../state/notices.ts';
import { createViewer } from './create-viewer.ts';
import type { Box, Pane, PaneSpec, Place, Sight } from './pane.ts';
import { addPicture, listPictures } from './pane-picture.ts';
import { isSameSight, readSight } from './read-sight.ts';
import { createSlideTileSource } from './slide-tile-source.ts';

/** A pane that is open, and what closes it. */
export interface OpenPane extends Disposable {
  readonly pane: Pane;
}

/** Part of the pane that a fitted slide leaves free at each side. */
const MARGIN = 0.02;
/** Screen pixels of a level-0 pixel from which on it is shown as a square, and not smoothed. */
const SQUARES = 3;

/** Opens a slide in `element`, fitted into it. */
export function createPane(element: HTMLElement, { spec, facts }: { spec: PaneSpec; facts: SlideFacts }): OpenPane {
  const viewer = createViewer(element, facts);
  viewer.canvas.setAttribute('role', 'application');
  viewer.canvas.setAttribute('aria-label', `Slide ${facts.id}: arrow keys move it, + and - change the magnification`);
  // For the mouse alone: keys move the slide.
  viewer.navigator.element.setAttribute('aria-hidden', 'true');
  const startOverview = holdOverview(viewer);
  const { failures, onFailure } = countFailures(facts.id);
  const loading = signal(true);
  const pane = createHandle({ element, viewer, spec, facts, failures, loading });
  const version = facts.views.find(({ name }) => name === spec.view)?.version ?? facts.version;
  const source = createSlideTileSource(facts, { view: spec.view, version, onFailure });
  const whole = { x: 0, y: 0, width: facts.width, height: facts.height };
  const base = pane.addPicture({ source, box: whole, order: 0 });
  pane.fit(whole, true);
  viewer.addHandler('fully-loaded-change', ({ fullyLoaded }) => {
    loading.value = !fullyLoaded;
    if (!fullyLoaded) return;
    startOverview();
    // From the first view on coarser tiles come first: where one moves to is blurred for a moment rather than empty.
    if (base.image) Object.assign(base.image, { immediateRender: false });
  });
  viewer.addOnceHandler('tile-drawn', () => performance.mark(`slideloom: first tile of ${facts.id}`));
  viewer.addHandler('tile-load-failed', ({ maxReached }) => {
    if (maxReached) notify('error', `Tiles of ${facts.id} can't be loaded: does the server still run?`, 'server');
  });
  const unsmooth = effect(() => {
    viewer.drawer.setImageSmoothingEnabled(pane.sight.value.scale * devicePixelRatio < SQUARES);
  });
  const dispose = () => {
    unsmooth();
    viewer.destroy();
  };
  return { pane, [Symbol.dispose]: dispose };
}

/**
 * The overview is made of all tiles of a level: the server has time for it when the first view is there.
 * @returns what lets it begin
 */
function holdOverview({ navigator }: OpenSeadragon.Viewer): () => void {
  const { imageLoader } = navigator;
  const limit = imageLoader.jobLimit;
  // None, not even one; 0 would be any number.
  imageLoader.jobLimit = -1;
  return () => {
    if (imageLoader.jobLimit === limit) return;
    imageLoader.jobLimit = limit;
    // What waits is asked for anew.
    imageLoader.clear();
    navigator.forceRedraw();
  };
}

/** Says once for each slide, and then how many, that tiles are not what was scanned. */
function countFailures(id: string): { failures: ReadonlySignal<number>; onFailure: (message: string) => void } {
  const failures = signal(0);
  const onFailure = (message: string) => {
    failures.value += 1;
    const text = failures.value === 1 ? 'A tile' : `${failures.value} tiles`;
    notify('error', `${text} of ${id} can't be read: red stripes stand in the place. ${message}`, `tiles ${id}`);
  };
  return { failures, onFailure };
}

type Parts = Pick<Pane, 'element' | 'viewer' | 'spec' | 'facts' | 'failures' | 'loading'>;

function createHandle(parts: Parts): Pane {
  const { element, viewer, facts } = parts;
  const { viewport } = viewer;
  const { width } = facts;
  const point = ({ x, y }: Place) => new OpenSeadragon.Point(x, y);
  const { sight, update } = followSight(viewer, width);
  const toSlide = (place: Place) => {
    const { x, y } = viewport.pointFromPixel(point(place), true);
    return { x: x * width, y: y * width };
  };
  return {
    ...parts,
    sight,
    pointer: followPointer(element, sight, toSlide),
    tool: signal(null),
    toSlide,
    toElement: ({ x, y }) => {
      const pixel = viewport.pixelFromPoint(point({ x: x / width, y: y / width }), true);
      return { x: pixel.x, y: pixel.y };
    },
    moveTo: ({ x, y, scale, rotation }, atOnce = false) => {
      if (rotation !== undefined) viewport.setRotation(rotation, atOnce);
      if (scale !== undefined) viewport.zoomTo((scale * width) / viewport.getContainerSize().x, undefined, atOnce);
      if (x !== undefined && y !== undefined) viewport.panTo(point({ x: x / width, y: y / width }), atOnce);
      update();
    },
    fit: (box, atOnce = false) => {
      viewport.fitBounds(scaleBox(addMargin(box), 1 / width), atOnce);
      update();
    },
    addPicture: (options) => addPicture(viewer, width, options),
    listPictures: () => listPictures(viewer),
  };
}

function addMargin({ x, y, width, height }: Box): Box {
  const [across, down] = [width * MARGIN, height * MARGIN];
  return { x: x - across, y: y - down, width: width + 2 * across, height: height + 2 * down };
}

function scaleBox({ x, y, width, height }: Box, by: number): OpenSeadragon.Rect {
  return new OpenSeadragon.Rect(x * by, y * by, width * by, height * by);
}

/** @param width of the slide, level-0 pixels */
function followSight(viewer: OpenSeadragon.Viewer, width: number) {
  const sight = signal(readSight(viewer, width));
  const update = () => {
    const seen = readSight(viewer, width);
    if (!isSameSight(seen, sight.peek())) sight.value = seen;
  };
  for (const name of ['viewport-change', 'animation', 'resize', 'rotate'] as const) viewer.addHandler(name, update);
  return { sight, update };
}

/** The level-0 pixel under the pointer, also while the slide moves beneath it. */
function followPointer(element: HTMLElement, sight: ReadonlySignal<Sight>, toSlide: (place: Place) => Place) {
  const pointer = signal<Place | null>(null);
  let last: Place | null = null;
  const show = () => {
    pointer.value = last && toSlide(last);
  };
  element.addEventListener('pointermove', ({ clientX, clientY }) => {
    const { left, top } = element.getBoundingClientRect();
    last = { x: clientX - left, y: clientY - top };
    show();
  });
  element.addEventListener('pointerleave', () => {
    last = null;
    show();
  });
  sight.subscribe(show);
  return pointer;
}
