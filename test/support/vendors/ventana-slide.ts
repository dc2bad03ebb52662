import { buildTiff, type TinyTiff } from '../tiny-tiff.ts';
import { createNoisePage, type NoisePage, xmpTag } from './noise-page.ts';

export interface VentanaAreaOptions {
  /** Frames, and the first of them on the stored grid. */
  readonly columns: number;
  readonly rows: number;
  readonly firstCol?: number;
  readonly firstRow?: number;
  /** Stage position in level-0 pixels; y points up. */
  readonly x?: number;
  readonly y?: number;
  /** Pixels by which the frame in (col, row) overlaps its left and its upper neighbour. */
  readonly overlapX?: (col: number, row: number) => number;
  readonly overlapY?: (col: number, row: number) => number;
  readonly horizontal?: 'RIGHT' | 'LEFT';
  readonly confidence?: (col: number, row: number) => number;
}

export interface VentanaSlideOptions {
  readonly areas?: readonly VentanaAreaOptions[];
  readonly levels?: number;
  readonly model?: string;
  /** Without stitching data, as other programs write it. */
  readonly plain?: boolean;
  /** The label image in a Metadata element, under its newer name, and a probability image. */
  readonly newer?: boolean;
  readonly editScan?: (xml: string) => string;
  readonly editEncodeInfo?: (xml: string) => string;
}

export const FRAME = 32;
const OVERLAPPING: VentanaAreaOptions = { columns: 4, rows: 3, overlapX: () => 8, overlapY: () => 4 };

/** A Ventana BIF by its documented layout: label with the scanner's XML, thumbnail, levels; the first level is stitched. */
export function buildVentanaSlide(options: VentanaSlideOptions = {}): { tiff: TinyTiff; pages: NoisePage[] } {
  const { areas = [OVERLAPPING], levels = 3, model, plain = false, newer = false } = options;
  const scan = `<iScan Magnification="40" ScanRes="0.2325" UnitNumber="BI10N0306"${model ? ` ScannerModel="${model}"` : ''}><AOI0 Left="4"/></iScan>`;
  const edited = (options.editScan ?? ((xml) => xml))(
    newer ? `<?xml version="1.0"?><Metadata>${scan}</Metadata>` : scan,
  );
  const encodeInfo = (options.editEncodeInfo ?? ((xml) => xml))(describeStitching(areas));
  const columns = Math.max(...areas.map((area) => (area.firstCol ?? 0) + area.columns));
  const rows = Math.max(...areas.map((area) => (area.firstRow ?? 0) + area.rows));
  const label = newer ? 'Label_Image' : 'Label Image';
  const extra = newer ? 'Probability_Image' : 'Thumbnail';
  const pages = [
    createNoisePage({ width: 20, height: 30, seed: 90, description: label, tags: [xmpTag(edited)] }),
    createNoisePage({ width: 12, height: 9, seed: 91, description: extra }),
  ];
  for (let level = 0; level < levels; level++) {
    const size = (frames: number) => Math.ceil((frames * FRAME) / 2 ** level);
    pages.push(
      createNoisePage({
        ...{ width: size(columns), height: size(rows), tile: FRAME, seed: level + 1 },
        description: `level=${level} mag=${40 / 2 ** level} quality=90`,
        tags: level === 0 && !plain ? [xmpTag(encodeInfo)] : [],
      }),
    );
  }
  return { tiff: buildTiff(pages, { big: true }), pages };
}

function describeStitching(areas: readonly VentanaAreaOptions[]): string {
  const infos = areas.map((area, index) => {
    const { columns, rows, x = 0, y = 0 } = area;
    return `<ImageInfo AOIScanned="1" AOIIndex="${index}" Width="${FRAME}" Height="${FRAME}" NumRows="${rows}" NumCols="${columns}" Pos-X="${x}" Pos-Y="${y}">${[...listJoints(area)].join('')}</ImageInfo>`;
  });
  const origins = areas.map(
    ({ firstCol = 0, firstRow = 0 }, index) =>
      `<AOI${index} OriginX="${firstCol * FRAME}" OriginY="${firstRow * FRAME}"/>`,
  );
  return `<?xml version="1.0"?><EncodeInfo Ver="2"><SlideInfo/><SlideStitchInfo>${infos.join('')}</SlideStitchInfo><AoiOrigin>${origins.join('')}</AoiOrigin></EncodeInfo>`;
}

/** Horizontal ones row by row, then vertical ones from a frame to the one above. */
function* listJoints(area: VentanaAreaOptions): Generator<string> {
  const { columns, rows, overlapX = () => 0, overlapY = () => 0, horizontal = 'RIGHT', confidence = () => 100 } = area;
  const joint = (direction: string, tiles: [number, number], sure: number, overlap: [number, number]) =>
    `<TileJointInfo FlagJoined="1" Confidence="${sure}" Direction="${direction}" Tile1="${tiles[0]}" Tile2="${tiles[1]}" OverlapX="${overlap[0]}" OverlapY="${overlap[1]}"/>`;
  const number = (col: number, row: number) => numberTile(col, row, { columns, rows });
  for (let row = 0; row < rows; row++) {
    for (let col = 1; col < columns; col++)
      yield joint(horizontal, [number(col - 1, row), number(col, row)], confidence(col, row), [overlapX(col, row), 0]);
  }
  for (let row = 1; row < rows; row++) {
    for (let col = 0; col < columns; col++)
      yield joint('UP', [number(col, row), number(col, row - 1)], confidence(col, row), [0, overlapY(col, row)]);
  }
}

/** From 1 at the bottom left, to the right; the next row up runs to the left, and so on. */
function numberTile(col: number, row: number, { columns, rows }: { columns: number; rows: number }): number {
  const line = rows - 1 - row;
  return line * columns + (line % 2 === 0 ? col : columns - 1 - col) + 1;
}
