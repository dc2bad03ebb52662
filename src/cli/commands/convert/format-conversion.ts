import type { ConvertedSlide } from '../../../preprocessing/convert-slide.ts';
import { formatBytes } from '../../../utils/memory-budget.ts';
import type { ErrorDescription } from '../../describe-error.ts';
import { formatTable } from '../../format-table.ts';

/** Bad tiles that are shown to people; `--json` has all. */
const MOST_SHOWN = 20;

/** What was written as a block of text: the path, facts, and a table of levels. */
export function formatConversion(converted: ConvertedSlide & { readonly slide: string }): string {
  const blocks = [listFacts(converted), listLevels(converted), listBadTiles(converted), listNotices(converted)];
  const filled = blocks.filter((block) => block.length > 0);
  return [converted.slide, filled.map((block) => block.map((line) => `  ${line}`).join('\n')).join('\n\n'), ''].join(
    '\n',
  );
}

export function formatFailure({ slide, error }: { slide: string; error: ErrorDescription }): string {
  const hint = error.hint === undefined ? [] : [`  hint: ${error.hint}`];
  return [slide, `  error: ${error.message}`, ...hint, ''].join('\n');
}

function listFacts({ path, bytes, layout, mpp, channels, associatedImages, leftOut }: ConvertedSlide): string[] {
  return formatTable([
    ['written', `${path}, ${formatBytes(bytes)}`],
    ['layout', channels === 1 ? layout : `${layout}, ${channels} channels`],
    ['mpp', mpp ? `${mpp.x} x ${mpp.y} µm` : 'none'],
    ['associated', associatedImages.join(', ') || 'none'],
    ...(leftOut.length > 0 ? [['left out', leftOut.join(', ')]] : []),
  ]);
}

function listLevels({ levels }: ConvertedSlide): string[] {
  const rows = levels.map(({ width, height, tileWidth, tileHeight, method, compression }, index) => [
    ...[String(index), `${width} x ${height}`, `${tileWidth} x ${tileHeight}`],
    ...[method, compression],
  ]);
  return formatTable([['level', 'size, px', 'tile, px', 'tiles', 'compression'], ...rows], [1, 2]);
}

function listBadTiles({ badTiles }: ConvertedSlide): string[] {
  const shown = badTiles.slice(0, MOST_SHOWN).map(({ message }) => `painted white: ${message}`);
  return badTiles.length > shown.length ? [...shown, `and ${badTiles.length - shown.length} more`] : shown;
}

function listNotices({ notices }: ConvertedSlide): string[] {
  return notices.map((notice) => `notice: ${notice}`);
}
