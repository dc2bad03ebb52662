import OpenSeadragon from 'openseadragon';
import { ExactDrawer } from './exact-drawer.ts';
import type { Box } from './pane.ts';

/** CSS pixels that the overview may take. */
const OVERVIEW = { width: 200, height: 150 } as const;

/** As many as browsers ask of one server at a time. */
const REQUESTS = 6;

/** OpenSeadragon with its own buttons and keys off: the frame has them. @param slide level-0 pixels */
export function createViewer(element: HTMLElement, slide: Pick<Box, 'width' | 'height'>): OpenSeadragon.Viewer {
  keepQuiet();
  keepStyleOut();
  const shrink = Math.min(OVERVIEW.width / slide.width, OVERVIEW.height / slide.height);
  return new OpenSeadragon.Viewer({
    element,
    drawer: ExactDrawer as unknown as OpenSeadragon.DrawerConstructor,
    // The least part of the screen that the slide may shrink to, and how large a pixel of it may grow.
    minZoomImageRatio: 0.4,
    maxZoomPixelRatio: 20,
    visibilityRatio: 0.2,
    // Edges of tiles lie on pixels: there is nothing to smooth.
    smoothTileEdgesMinZoom: Number.POSITIVE_INFINITY,
    showNavigationControl: false,
    keyboardNavEnabled: false,
    showNavigator: true,
    navigatorPosition: 'TOP_RIGHT',
    navigatorAutoFade: false,
    navigatorOpacity: 1,
    navigatorRotate: false,
    navigatorWidth: `${Math.max(24, Math.round(slide.width * shrink))}px`,
    navigatorHeight: `${Math.max(24, Math.round(slide.height * shrink))}px`,
    preserveViewport: true,
    preserveImageSizeOnResize: true,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    animationTime: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 0.5,
    springStiffness: 9,
    blendTime: 0,
    // At first what is seen, and nothing coarser: see `createPane`.
    immediateRender: true,
    imageLoaderLimit: REQUESTS,
    maxTilesPerFrame: REQUESTS,
    maxImageCacheCount: 500,
    tileRetryMax: 2,
    tileRetryDelay: 1000,
  });
}

/**
 * OpenSeadragon puts an inline style into the page unless there is one with this mark, and the page's policy refuses inline styles.
 * An element of that name in no namespace that browsers know is no style.
 */
function keepStyleOut(): void {
  const mark = 'data-openseadragon-mobile-css';
  if (document.querySelector(`style[${mark}]`)) return;
  const stand = document.createElementNS('slideloom', 'style');
  stand.setAttribute(mark, '');
  document.head.append(stand);
}

/** Its warnings are for those who write viewers: of tiles that came when their picture had gone, which is as it should be. */
function keepQuiet(): void {
  Object.assign(OpenSeadragon, { console: { ...globalThis.console, warn: () => {} } });
}
