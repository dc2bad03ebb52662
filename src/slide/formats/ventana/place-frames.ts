import { failStitching, type VentanaArea } from './encode-info.ts';

/** Where an area's frames lie: level-0 pixels, fractions included. */
export interface FramePlaces {
  readonly area: VentanaArea;
  readonly getPlace: (col: number, row: number) => { readonly x: number; readonly y: number };
}

export interface StitchedSlide {
  /** Pixels of level 0, fractions included. */
  readonly width: number;
  readonly height: number;
  readonly places: readonly FramePlaces[];
}

interface FrameSize {
  readonly width: number;
  readonly height: number;
  /** Of the slide, for errors. */
  readonly slide: string;
}

/**
 * iScan scanners: the mean overlap of all joints, weighted by their confidence, is that of every two frames, as single joints are
 * often wrong. Areas lie at their stage positions, whose y points up. This is OpenSlide's way.
 * @throws UnsupportedFormatError where frames overlap, or are apart, by more than half of one
 */
export function placeByMeanOverlap(areas: readonly VentanaArea[], frame: FrameSize): StitchedSlide {
  const stepX = frame.width - checkOverlap(computeMeanOverlap(areas, true), frame.width, frame);
  const stepY = frame.height - checkOverlap(computeMeanOverlap(areas, false), frame.height, frame);
  const heights = areas.map(({ rows }) => (rows - 1) * stepY + frame.height);
  const top = Math.max(...areas.map(({ y }, index) => y + (heights[index] ?? 0)));
  const places = areas.map((area, index) => {
    const left = area.x;
    const upper = top - area.y - (heights[index] ?? 0);
    return { area, getPlace: (col: number, row: number) => ({ x: left + col * stepX, y: upper + row * stepY }) };
  });
  return { ...measure(places, frame), places };
}

/**
 * DP scanners: each joint that is sure (joined, confidence 100) says how far its own two frames overlap; others abut. Areas lie
 * at the origins of their frames on the stored grid.
 * @throws UnsupportedFormatError where frames overlap, or are apart, by more than half of one
 */
export function placeByEachJoint(areas: readonly VentanaArea[], frame: FrameSize): StitchedSlide {
  const places = areas.map((area) => {
    const { columns, rows, firstCol, firstRow } = area;
    const across = new Float64Array(columns * rows);
    const down = new Float64Array(columns * rows);
    for (const { horizontal, col, row, overlap, joined, confidence } of area.joints) {
      if (!joined || confidence !== 100) continue;
      const size = horizontal ? frame.width : frame.height;
      (horizontal ? across : down)[row * columns + col] = checkOverlap(overlap, size, frame);
    }
    for (let row = 0; row < rows; row++) {
      for (let col = 0; col < columns; col++) {
        const at = row * columns + col;
        // Sums from the left and from the top: what a frame and all before it are moved by.
        if (col > 0) across[at] = (across[at] ?? 0) + (across[at - 1] ?? 0);
        if (row > 0) down[at] = (down[at] ?? 0) + (down[at - columns] ?? 0);
      }
    }
    const getPlace = (col: number, row: number) => ({
      x: (firstCol + col) * frame.width - (across[row * columns + col] ?? 0),
      y: (firstRow + row) * frame.height - (down[row * columns + col] ?? 0),
    });
    return { area, getPlace };
  });
  return { ...measure(places, frame), places };
}

function checkOverlap(overlap: number, size: number, { slide }: FrameSize): number {
  if (Math.abs(overlap) <= size / 2) return overlap;
  throw failStitching(slide, `frames of ${size} pixels that overlap by ${overlap}`);
}

/** 0 where no joint is trusted. */
function computeMeanOverlap(areas: readonly VentanaArea[], horizontal: boolean): number {
  let sum = 0;
  let weights = 0;
  for (const joint of areas.flatMap(({ joints }) => joints)) {
    if (joint.horizontal !== horizontal) continue;
    sum += joint.overlap * joint.confidence;
    weights += joint.confidence;
  }
  return weights > 0 ? sum / weights : 0;
}

/** The right and lower ends of what lies furthest. */
function measure(places: readonly FramePlaces[], frame: FrameSize): { width: number; height: number } {
  let width = 0;
  let height = 0;
  for (const { area, getPlace } of places) {
    for (let row = 0; row < area.rows; row++) width = Math.max(width, getPlace(area.columns - 1, row).x + frame.width);
    for (let col = 0; col < area.columns; col++)
      height = Math.max(height, getPlace(col, area.rows - 1).y + frame.height);
  }
  return { width, height };
}
