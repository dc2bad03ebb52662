/**
 * Stain profiles as a picture (SVG). Stain vectors are shown in the chromaticity plane of optical density (HSD model: J. van
 * der Laak et al., Cytometry 39 (2000) 275-284), where strength plays no part; beside it each stain in its colour, from weak
 * to full. Colour moments are shown as mean and deviation on the two chromatic axes of their method's space.
 */
import { OptionError } from '../../../utils/errors.ts';
import type { StainProfile } from '../profiles/stain-profile.ts';
import type { ColorMoments, StainVectors, Vector3 } from '../stain-method.ts';
import { drawPlane, type PlaneShape } from './draw-plane.ts';
import { getStainColor, listStainColors, toHex } from './stain-colors.ts';
import { escapeXml } from './svg-text.ts';

export interface NamedProfile {
  readonly name: string;
  readonly profile: StainProfile;
}

/** Pixels. */
const PLANE = 420;
const GAP = 20;
const ROW = 46;
const LIST = 460;
const SWATCH = 34;
/** Shares of full strength. */
const STEPS = [0.25, 0.5, 0.75, 1] as const;
/** For colour moments, which have no colour of their own here. */
const PALETTE = ['#4b4fa0', '#b0416f', '#2c8a6b', '#b8791f', '#6b6b6b', '#1f7fb8'] as const;
const NAMES = ['haematoxylin', 'eosin', 'rest'] as const;

/**
 * Profiles without statistics are left out.
 * @throws OptionError where none is left, or stains are to be drawn beside colour moments
 */
export function drawProfiles(profiles: readonly NamedProfile[]): string {
  const stains: Entry<StainVectors>[] = [];
  const colors: Entry<ColorMoments>[] = [];
  for (const { name, profile } of profiles) {
    const { statistics, method } = profile;
    if (statistics?.kind === 'stains') stains.push({ name, method, statistics });
    if (statistics?.kind === 'color') colors.push({ name, method, statistics });
  }
  if (stains.length > 0 && colors.length > 0)
    throw new OptionError('profiles', 'stain vectors or colour moments, not both in one picture', 'both');
  if (stains.length === 0 && colors.length === 0)
    throw new OptionError('profiles', 'at least one profile with statistics', profiles.length);
  return stains.length > 0 ? drawStains(stains) : drawMoments(colors);
}

interface Entry<S> {
  readonly name: string;
  readonly method: string;
  readonly statistics: S;
}

function drawStains(entries: readonly Entry<StainVectors>[]): string {
  const shapes = entries.flatMap(({ statistics }, index): PlaneShape[] => {
    const points = statistics.stains.map(toChromaticity);
    const colors = listStainColors(statistics);
    const dots = points.map(
      (at, k): PlaneShape => ({ kind: 'dot', at, color: colors[k] ?? '#000', label: `${index + 1}` }),
    );
    const [from = [0, 0], to = [0, 0]] = points;
    return [{ kind: 'line', from, to }, ...dots];
  });
  const axes = { x: 'R / mean density - 1', y: '(G - B) / (√3 · mean density)' };
  const rows = entries.map(({ name, method, statistics }, index) => {
    const swatches = statistics.stains.flatMap((stain, k) =>
      STEPS.map((share, step) => {
        const color = toHex(getStainColor(stain, share * (statistics.maxConcentrations[k] ?? 1)));
        const x = k * (STEPS.length * SWATCH + 10) + step * SWATCH;
        const title = `${NAMES[k] ?? 'stain'}, ${share * 100} % of full strength: ${color}`;
        return `<rect x="${x}" y="6" width="${SWATCH}" height="18" fill="${color}"><title>${title}</title></rect>`;
      }),
    );
    return formatRow(index, `${name} (${method})`, swatches.join(''));
  });
  return formatSvg(drawPlane(shapes, { size: PLANE, axes }), rows);
}

function drawMoments(entries: readonly Entry<ColorMoments>[]): string {
  const shapes = entries.flatMap(({ statistics: { mean, deviation } }, index): PlaneShape[] => {
    const color = pickColor(index);
    const at = [mean[1], mean[2]] as const;
    const radius = [deviation[1], deviation[2]] as const;
    return [
      { kind: 'ellipse', at, radius, color },
      { kind: 'dot', at, color, label: `${index + 1}` },
    ];
  });
  const rows = entries.map(({ name, method, statistics: { mean, deviation } }, index) => {
    const text = mean.map((value, k) => `${value.toFixed(2)} ± ${(deviation[k] ?? 0).toFixed(2)}`).join(', ');
    const mark = `<rect x="0" y="6" width="18" height="18" fill="${pickColor(index)}"/>`;
    return formatRow(index, `${name} (${method})`, `${mark}<text x="28" y="20">${text}</text>`);
  });
  return formatSvg(drawPlane(shapes, { size: PLANE, axes: { x: 'second axis', y: 'third axis' } }), rows);
}

function toChromaticity([r, g, b]: Vector3): readonly [number, number] {
  const mean = (r + g + b) / 3;
  return [r / mean - 1, (g - b) / (Math.sqrt(3) * mean)];
}

function pickColor(index: number): string {
  return PALETTE[index % PALETTE.length] ?? '#000000';
}

function formatRow(index: number, name: string, content: string): string {
  const y = index * ROW;
  return `<g transform="translate(0 ${y})"><text y="0">${index + 1}  ${escapeXml(name)}</text>${content}</g>`;
}

function formatSvg(plane: string, rows: readonly string[]): string {
  const width = GAP + PLANE + GAP + LIST + GAP;
  const height = Math.max(PLANE, rows.length * ROW) + 2 * GAP;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<g transform="translate(${GAP} ${GAP})">${plane}</g>`,
    `<g transform="translate(${GAP + PLANE + GAP} ${GAP + 14})">${rows.join('\n')}</g>`,
    '</svg>',
    '',
  ].join('\n');
}
