import type { ColorMoments, StainVectors, Vector3 } from '../../../preprocessing/stain-normalization/stain-method.ts';
import { formatTable } from '../../format-table.ts';
import type { ProfileEntry } from './profile-entry.ts';

type Found = Exclude<ProfileEntry, { status: 'failed' }>;

const NAMES = ['haematoxylin', 'eosin', 'rest'] as const;
const AXES = ['first axis', 'second axis', 'third axis'] as const;

/** Each input as a block: facts, and a table of its stains or of the axes of its colours. */
export function formatProfiles(
  entries: readonly ProfileEntry[],
  files: { against: string | undefined; written: readonly string[]; picture: string | undefined },
): string {
  const blocks = entries.map((entry) => {
    if (entry.status !== 'failed') return [entry.input, ...indent(formatFound(entry, files.against)), ''].join('\n');
    const hint = entry.error.hint === undefined ? [] : [`  hint: ${entry.error.hint}`];
    return [entry.input, `  error: ${entry.error.message}`, ...hint, ''].join('\n');
  });
  const written = files.written.map((path) => `written: ${path}`);
  return [...blocks, ...written, ...(files.picture === undefined ? [] : [`picture: ${files.picture}`])].join('\n');
}

function formatFound(entry: Found, against: string | undefined): string[] {
  const { profile, comparison } = entry;
  const { method, of, pixels, tissuePixels, statistics, reason } = profile;
  const share = pixels > 0 ? `, ${pixels} pixels, ${((100 * tissuePixels) / pixels).toFixed(1)} % tissue` : '';
  const facts = `${method}, of ${of === 'reference' ? 'the reference' : `${of === 'image' ? 'an' : 'a'} ${of}`}${share}`;
  if (!statistics) return [facts, `no stains: ${reason}`];
  const table = statistics.kind === 'stains' ? listStains(entry, statistics) : listMoments(entry, statistics);
  const doubt = entry.plausible === false ? ['implausible: no dye has stains like these; is there pen or ink?'] : [];
  return [facts, ...table, ...doubt, ...(comparison && against ? [`compared with ${against}`] : [])];
}

function listStains({ colors = [], comparison }: Found, { stains, maxConcentrations }: StainVectors): string[] {
  const known = comparison?.kind === 'stains' ? comparison : undefined;
  const rows = stains.map((stain, k) => {
    const [angle, ratio] = [known?.angles[k], known?.strengths[k]];
    return [
      NAMES[k] ?? `stain ${k + 1}`,
      ...stain.map((value) => value.toFixed(4)),
      (maxConcentrations[k] ?? 1).toFixed(3),
      colors[k] ?? '',
      ...(angle === undefined || ratio === undefined ? [] : [`${angle.toFixed(2)}°`, `x ${ratio.toFixed(3)}`]),
    ];
  });
  const head = ['stain', 'red', 'green', 'blue', 'strength', 'colour', ...(known ? ['angle', 'ratio'] : [])];
  return formatTable([head, ...rows], [1, 2, 3, 4, 6, 7]);
}

function listMoments({ comparison }: Found, { mean, deviation }: ColorMoments): string[] {
  const known = comparison?.kind === 'color' ? comparison : undefined;
  const at = (vector: Vector3 | undefined, k: number) => vector?.[k];
  const rows = AXES.map((name, k) => {
    const [shift, ratio] = [at(known?.shift, k), at(known?.deviations, k)];
    return [
      ...[name, (mean[k] ?? 0).toFixed(4), (deviation[k] ?? 0).toFixed(4)],
      ...(shift === undefined || ratio === undefined ? [] : [shift.toFixed(4), `x ${ratio.toFixed(3)}`]),
    ];
  });
  const head = ['axis', 'mean', 'deviation', ...(known ? ['shift', 'ratio'] : [])];
  return formatTable([head, ...rows], [1, 2, 3, 4]);
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
