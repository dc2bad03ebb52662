import { formatBytes } from '../../../utils/memory-budget.ts';
import { formatTable } from '../../format-table.ts';
import type { LevelInfo, SlideInfo } from './describe-slide.ts';

/** A slide as a block of text: its path, a line for each fact, a table of levels, and its properties where asked. */
export function formatSlideInfo(info: SlideInfo & { written?: readonly string[] }, properties: boolean): string {
  const blocks = [formatTable(listFacts(info)), formatTable(listLevels(info), [1, 2, 3])];
  if (properties) blocks.push(Object.entries(info.properties).map(([name, value]) => `${name}: ${toOneLine(value)}`));
  if (info.written) blocks.push(info.written.map((path) => `written: ${path}`));
  const filled = blocks.filter((block) => block.length > 0);
  return [info.path, filled.map((block) => block.map((line) => `  ${line}`).join('\n')).join('\n\n')].join('\n');
}

function listFacts(info: SlideInfo): string[][] {
  return [
    ['format', info.openslide ? `${info.format}, read with OpenSlide ${info.openslide.version}` : info.format],
    ['size', `${info.width} x ${info.height} px${formatMillimetres(info)}`],
    ['mpp', info.mpp ? `${formatAxes(info.mpp)} µm (${info.mpp.source})` : 'unknown: give --mpp'],
    ['objective', info.objectivePower === null ? 'unknown' : `${info.objectivePower}x`],
    ['associated', info.associatedImages.join(', ') || 'none'],
    ['ICC profile', info.iccProfileBytes === null ? 'no' : `yes, ${formatBytes(info.iccProfileBytes)}`],
    ['file', formatBytes(info.fileBytes)],
  ];
}

function formatMillimetres({ widthMm, heightMm }: SlideInfo): string {
  return widthMm === null || heightMm === null ? '' : `, ${widthMm.toFixed(2)} x ${heightMm.toFixed(2)} mm`;
}

function listLevels({ levels }: SlideInfo): string[][] {
  return [['level', 'size, px', 'downsample', 'tile, px', 'codec'], ...levels.map(listLevel)];
}

function listLevel(level: LevelInfo, index: number): string[] {
  const { width, height, downsample, tileWidth, tileHeight, codec } = level;
  const tile = `${tileWidth} x ${tileHeight}`;
  return [String(index), `${width} x ${height}`, formatAxes(downsample), tile, codec];
}

function formatAxes({ x, y }: { x: number; y: number }): string {
  const [a, b] = [formatShort(x), formatShort(y)];
  return a === b ? a : `${a} x ${b}`;
}

/** Up to four decimals. */
function formatShort(value: number): string {
  return String(Math.round(value * 10_000) / 10_000);
}

function toOneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' | ');
}
