import type { MppSource } from '../../slide/slide.ts';

/** What report.html is made of. Everything but `volatile`, `seconds` and `tilesRead` is the same for two runs on the same input. */
export interface ReportData {
  readonly title: string;
  /** Of slideloom. */
  readonly version: string;
  readonly volatile: ReportVolatile;
  /** The options that the run used, defaults included, in the order to show. */
  readonly options: readonly ReportOption[];
  readonly totals: ReportTotals;
  /** In the order of the input; the report shows failures first. */
  readonly slides: readonly ReportSlide[];
}

/** What differs between two identical runs. */
export interface ReportVolatile {
  /** ISO 8601. */
  readonly createdAt: string;
  readonly wallSeconds: number;
  readonly patchesPerSecond: number | undefined;
  readonly peakMemoryBytes: number | undefined;
  readonly host?: string | undefined;
  /** Of Node.js. */
  readonly node?: string | undefined;
}

export interface ReportOption {
  readonly name: string;
  readonly value: string | number | boolean | undefined;
}

export interface ReportTotals {
  readonly slides: number;
  readonly ok: number;
  readonly noTissue: number;
  readonly failed: number;
  readonly patches: number;
  /** Patches left out because a tile could not be read. */
  readonly skipped: number;
  readonly badTiles: number;
  /** Patches by label, in a run with labels. */
  readonly labels?: readonly ReportLabel[] | undefined;
  /** Of the slides with a pixel size. */
  readonly tissueMm2: number;
}

/** How many patches have a label; `label` is undefined for those that have none. */
export interface ReportLabel {
  readonly label: string | undefined;
  readonly patches: number;
}

export type ReportStatus = 'done' | 'no-tissue' | 'failed';

/** One slide. What is not known, as of a slide that could not be opened, is undefined. */
export interface ReportSlide {
  readonly id: string;
  readonly path: string;
  readonly status: ReportStatus;
  readonly format?: string | undefined;
  /** Level-0 pixels. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly mpp?: { readonly x: number; readonly y: number; readonly source: MppSource } | undefined;
  /** How many. */
  readonly levels?: number | undefined;
  /** 0..1. */
  readonly tissueFraction?: number | undefined;
  readonly tissueAreaMm2?: number | undefined;
  readonly patches?: number | undefined;
  readonly skipped?: number | undefined;
  readonly labels?: readonly ReportLabel[] | undefined;
  /** Patches by what became of their colours, in a run that normalises stains. */
  readonly stains?: readonly { readonly stain: string; readonly patches: number }[] | undefined;
  /** Patches with a bad tile painted white. */
  readonly whitened?: number | undefined;
  readonly badTiles?: number | undefined;
  readonly seconds?: number | undefined;
  /** Stored tiles that were read for patches in this run. */
  readonly tilesRead?: number | undefined;
  /** Why it failed. */
  readonly error?: string | undefined;
  /** What to do about it. */
  readonly hint?: string | undefined;
  /** What slideloom decided on the user's behalf. */
  readonly notices: readonly string[];
  /** Tissue overlay, patch grid. */
  readonly pictures: readonly ReportPicture[];
  /** Sample patches in one picture. */
  readonly contactSheet?: ReportPicture | undefined;
}

export interface ReportPicture {
  readonly title: string;
  /** Path from the report's folder, with forward slashes. */
  readonly href: string;
  /** Pixels of the picture: the page then keeps its place before it is loaded. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}
