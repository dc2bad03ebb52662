import { escapeXml } from '../stain-normalization/pictures/svg-text.ts';

/** Words on a sheet. They need a font on the machine; the pictures are there without. */
export interface SheetLabel {
  /** Left end and base of the first line, and room to the right, in pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly lines: readonly string[];
}

const SIZE = 12;
/** Mean width of a letter, in letter heights. */
const ASPECT = 0.56;

export function formatLabels(
  labels: readonly SheetLabel[],
  { width, height }: { width: number; height: number },
): string {
  const texts = labels.flatMap(({ x, y, width: room, lines }) =>
    lines.map((line, index) => {
      const most = Math.floor(room / (SIZE * ASPECT));
      return `<text x="${x}" y="${y + index * (SIZE + 2)}">${escapeXml(shorten(line, most))}</text>`;
    }),
  );
  const style = `font-family="sans-serif" font-size="${SIZE}" fill="#202020"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><g ${style}>${texts.join('')}</g></svg>`;
}

/** The end of a name tells files apart more often than its beginning. */
function shorten(text: string, most: number): string {
  const letters = [...text];
  return letters.length <= most ? text : `…${letters.slice(letters.length - most + 1).join('')}`;
}
