import { basename } from 'node:path';
import { formatMpp } from '../../../slide/mpp.ts';
import { isWindow } from '../../../slide/samples/windows.ts';
import type { SampleWindow, ShownChannels, SlideChannel } from '../../../slide/slide.ts';
import { formatBytes } from '../../../utils/memory-budget.ts';
import { formatTable } from '../../format-table.ts';
import type { LevelInfo } from './describe-level.ts';
import type { SlideInfo } from './describe-slide.ts';

/** Channels, and files, that are named one by one. */
const MOST_NAMED = 12;

/** A slide as a block of text: its path, a line for each fact, a table of levels, and its properties where asked. */
export function formatSlideInfo(info: SlideInfo & { written?: readonly string[] }, properties: boolean): string {
  const blocks = [formatTable(listFacts(info)), formatTable(listLevels(info), [1, 2, 3, 4, 6, 7])];
  if (properties) blocks.push(Object.entries(info.properties).map(([name, value]) => `${name}: ${toOneLine(value)}`));
  if (info.written) blocks.push(info.written.map((path) => `written: ${path}`));
  const filled = blocks.filter((block) => block.length > 0);
  return [info.path, filled.map((block) => block.map((line) => `  ${line}`).join('\n')).join('\n\n')].join('\n');
}

function listFacts(info: SlideInfo): string[][] {
  const { plane, files, fileBytes, notices } = info;
  return [
    ['format', info.openslide ? `${info.format}, read with OpenSlide ${info.openslide.version}` : info.format],
    ['size', `${info.width} x ${info.height} px${formatMillimetres(info)}`],
    ['mpp', info.mpp ? `${formatMpp(info.mpp)} (${info.mpp.source})` : formatMissingMpp(info)],
    ['objective', info.objectivePower === null ? 'unknown' : `${info.objectivePower}x`],
    ['channels', listNames(info.channels.map(formatChannel)).join('; ')],
    ...(plane ? [['plane', `z ${plane.z}, t ${plane.t}; there are others`]] : []),
    ...(info.shown ? [['shown', formatShown(info.shown)]] : []),
    ['associated', info.associatedImages.map(formatImage).join(', ') || 'none'],
    ['ICC profile', formatProfile(info)],
    ...(info.icc ? [['colours', formatColours(info.icc)]] : []),
    ['file', formatBytes(fileBytes) + (files.length > 1 ? ` in ${files.length} files` : '')],
    ...(files.length > 1 ? listNames(files.map((file) => basename(file))).map((name) => ['', name]) : []),
    ...notices.map((notice) => ['notice', notice]),
  ];
}

/** Short enough for a line; the errors of stages that need microns say more. */
function formatMissingMpp({ objectivePower, mppEstimate }: SlideInfo): string {
  if (mppEstimate === null) return 'unknown: give --mpp or --mpp-csv';
  const estimate = formatMpp({ x: mppEstimate, y: mppEstimate });
  return `unknown: give --mpp, --mpp-csv, or --mpp-from-objective (${objectivePower}x: about ${estimate})`;
}

function formatColours({ target, profile }: NonNullable<SlideInfo['icc']>): string {
  return profile === null ? `as stored: no profile to bring them to ${target}` : `${target}, by the profile`;
}

function formatMillimetres({ widthMm, heightMm }: SlideInfo): string {
  return widthMm === null || heightMm === null ? '' : `, ${widthMm.toFixed(2)} x ${heightMm.toFixed(2)} mm`;
}

/** `DAPI (uint16, shown 0..4095, #0000ff)` */
function formatChannel({ name, bitDepth, type, range, color }: SlideChannel): string {
  const shown = range ? `, shown ${range[0]}..${range[1]}` : '';
  const tint = color ? `, #${color.map((value) => value.toString(16).padStart(2, '0')).join('')}` : '';
  return `${name} (${type ?? `${bitDepth} bits`}${shown}${tint})`;
}

/** `DAPI alone, window 100..4000` */
function formatShown({ name, window }: ShownChannels): string {
  const parts = name === undefined ? [] : [`${name} alone`];
  const pair = ([low, high]: SampleWindow) => `${low}..${high}`;
  if (isWindow(window)) parts.push(`window ${pair(window)}`);
  else if (window) parts.push(...Object.entries(window).map(([channel, own]) => `window of ${channel} ${pair(own)}`));
  return parts.join(', ');
}

function formatImage(image: SlideInfo['associatedImages'][number]): string {
  if (!('error' in image)) return image.name;
  return image.error === null ? `${image.name} ${image.width} x ${image.height}` : `${image.name} (can't be read)`;
}

function formatProfile({ iccProfile }: SlideInfo): string {
  if (!iccProfile) return 'none';
  const { description, bytes, colorSpace, version, problem } = iccProfile;
  if (problem !== null) return `damaged, ${formatBytes(bytes)}: ${problem}`;
  return `${description ?? 'without a name'} (${colorSpace}, version ${version}), ${formatBytes(bytes)}`;
}

function listNames(names: readonly string[]): string[] {
  const more = names.length > MOST_NAMED ? [`and ${names.length - MOST_NAMED} more`] : [];
  return [...names.slice(0, MOST_NAMED), ...more];
}

function listLevels({ levels }: SlideInfo): string[][] {
  const counted = levels.some(({ storedTiles }) => storedTiles !== null);
  const head = [
    'level',
    'size, px',
    'downsample',
    'tile, px',
    'tiles',
    'codec',
    ...(counted ? ['stored', 'bytes'] : []),
  ];
  return [head, ...levels.map((level, index) => listLevel(level, index, counted))];
}

function listLevel(level: LevelInfo, index: number, counted: boolean): string[] {
  const { width, height, downsample, tileWidth, tileHeight, codec, columns, rows, storedTiles, storedBytes } = level;
  const stored = counted ? [String(storedTiles ?? '-'), storedBytes === null ? '-' : formatBytes(storedBytes)] : [];
  const tile = `${tileWidth} x ${tileHeight}`;
  const grid = `${columns} x ${rows}`;
  return [String(index), `${width} x ${height}`, formatAxes(downsample), tile, grid, codec, ...stored];
}

export function formatAxes({ x, y }: { x: number; y: number }): string {
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
