/**
 * A scale bar as SVG. Its digits are drawn as strokes: the picture must not depend on the fonts of the machine.
 */
const GLYPH_HEIGHT = 8;
/** Strokes on a grid 8 high, and how far the next glyph starts. */
const GLYPHS: Record<string, { path: string; advance: number }> = {
  '0': { path: 'M2 0Q0 0 0 2V6Q0 8 2 8H3Q5 8 5 6V2Q5 0 3 0Z', advance: 7 },
  '1': { path: 'M1 1.5L3 0V8', advance: 5.5 },
  '2': { path: 'M0 2Q0 0 2.5 0Q5 0 5 2Q5 3.5 3.5 4.8L0 8H5', advance: 7 },
  '5': { path: 'M4.8 0H0.6L0.3 3.5Q1.2 2.9 2.4 2.9Q5 2.9 5 5.4Q5 8 2.4 8Q0.8 8 0 7', advance: 7 },
  ' ': { path: '', advance: 3 },
  m: { path: 'M0 8V3M0 4.6Q0.6 3 2 3Q3.4 3 3.4 4.8V8M3.4 4.8Q3.8 3 5.2 3Q6.8 3 6.8 4.8V8', advance: 9 },
  µ: { path: 'M0 10.5V3M0 6.2Q0 8 1.8 8Q3.4 8 4 6.4M4 3V7.2Q4 8 4.8 8', advance: 6.8 },
};

/** `mpp`: microns per picture pixel. Bottom left, about a fifth of the picture's width. */
export function createScaleBar(picture: { width: number; height: number }, mpp: number): string {
  const micron = chooseLength(picture.width * 0.2 * mpp);
  const length = micron / mpp;
  const unit = Math.max(0.6, Math.min(picture.width, picture.height) / 620);
  const label = micron >= 1000 ? `${micron / 1000} mm` : `${micron} µm`;
  const textWidth = measure(label) * unit;
  const pad = 9 * unit;
  const box = { width: Math.max(length, textWidth) + 2 * pad, height: (GLYPH_HEIGHT + 11) * unit + pad };
  const left = 12 * unit;
  const top = picture.height - box.height - 12 * unit;
  const middle = left + box.width / 2;
  const barY = top + box.height - pad * 0.8;
  if (box.width + 2 * left > picture.width || box.height + 24 * unit > picture.height) return '';
  return [
    `<rect x="${fix(left)}" y="${fix(top)}" width="${fix(box.width)}" height="${fix(box.height)}" rx="${fix(4 * unit)}" fill="#fff" fill-opacity="0.85"/>`,
    `<path d="M${fix(middle - length / 2)} ${fix(barY - 3 * unit)}v${fix(3 * unit)}h${fix(length)}v${fix(-3 * unit)}" fill="none" stroke="#1b1f24" stroke-width="${fix(2 * unit)}"/>`,
    drawText(label, { x: middle - textWidth / 2, y: top + pad * 0.7, unit }),
  ].join('');
}

/** The largest 1, 2 or 5 times a power of ten that is at most `limit` µm, from 1 µm up. */
export function chooseLength(limit: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, limit)));
  const digit = [5, 2, 1].find((step) => step * power <= limit) ?? 1;
  return digit * power;
}

function drawText(text: string, at: { x: number; y: number; unit: number }): string {
  let x = 0;
  const parts = [...text].map((character) => {
    const glyph = GLYPHS[character];
    const part = glyph?.path ? `<path transform="translate(${fix(x)} 0)" d="${glyph.path}"/>` : '';
    x += glyph?.advance ?? 0;
    return part;
  });
  const style = 'fill="none" stroke="#1b1f24" stroke-width="1.15" stroke-linecap="round" stroke-linejoin="round"';
  return `<g transform="translate(${fix(at.x)} ${fix(at.y)}) scale(${fix(at.unit)})" ${style}>${parts.join('')}</g>`;
}

function measure(text: string): number {
  return [...text].reduce((sum, character) => sum + (GLYPHS[character]?.advance ?? 0), 0) - 2;
}

function fix(value: number): string {
  return value.toFixed(2);
}
