/** `slideloom/viewer`: slides, and what was found and drawn on them, over HTTP. */
export type {
  CohortFacts,
  CohortSlide,
  Color,
  HeatLegend,
  LayerFacts,
  LayerList,
  LayerProblem,
  PageFacts,
  PatchLayerFacts,
  PatchRows,
  PictureLayerFacts,
  PolygonLayerFacts,
  PolygonTable,
  SlideFacts,
  ViewFacts,
  ViewState,
} from './contract.ts';
export { createViewerApp } from './create-app.ts';
export { type ExportEstimate, estimateExport } from './export/estimate-export.ts';
export { type ExportResult, exportSlides } from './export/export-slides.ts';
export { EXPORT_DEFAULTS, type ExportConfig, type ExportEvent, type ExportRow } from './export/options.ts';
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
export { VIEW_STAIN_DEFAULTS, type ViewStainOptions } from './views/stain-options.ts';
