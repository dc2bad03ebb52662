/** `slideloom/viewer`: slides, heatmaps and masks over HTTP. */
export type { SlideFacts } from './contract.ts';
export { createViewerApp } from './create-app.ts';
export {
  type OverlayInput,
  resolveViewer,
  VIEWER_DEFAULTS,
  type ViewerConfig,
  type ViewerServerConfig,
  type ViewerSettings,
} from './options.ts';
export type { SecurityOptions } from './security.ts';
export { serveViewer, type ViewerServer } from './serve-viewer.ts';
export { openSlidePictures, type SlidePictures, type ViewerLoad } from './slide-pictures.ts';
