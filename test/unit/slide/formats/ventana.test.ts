import { describe, expect, it } from 'vitest';
import { createRaster, type Raster } from '../../../../src/io/raster.ts';
import { createBufferSource } from '../../../../src/io/source/buffer-source.ts';
import { openSlide } from '../../../../src/slide/open-slide.ts';
import type { NoisePage } from '../../../support/vendors/noise-page.ts';
import { buildVentanaSlide, FRAME, type VentanaSlideOptions } from '../../../support/vendors/ventana-slide.ts';

/** Scanners of the DP family, which OpenSlide 3.4.1 refuses: held against the published rules, frame by frame. */
describe('ventana: a DP slide', () => {
  const overlapX = (col: number, row: number) => (col === 3 ? (row === 1 ? 9 : 2) : col === 1 ? 4 : 0);
  const model = 'VENTANA DP 200';

  it('has each frame where its own joints put it', async () => {
    const areas = [{ columns: 4, rows: 3, horizontal: 'LEFT' as const, overlapX }];
    const { slide, page } = await openBuilt({ model, areas, levels: 1 });
    await using _closed = slide;
    // Joints 1, 2 and 3 of the rows: 4, 0, 2; 4, 0, 9; 4, 0, 2. The widest row ends at 4 * 32 - 6.
    expect([slide.width, slide.height]).toEqual([122, 96]);
    const lefts = [
      [0, 28, 60, 90],
      [0, 28, 60, 83],
      [0, 28, 60, 90],
    ];
    const wanted = createRaster(122, 96);
    lefts.forEach((row, r) => {
      row.forEach((left, c) => {
        paste(page, { col: c, row: r }, wanted, { left, top: r * FRAME });
      });
    });
    expect(await slide.readRegion({ x: 0, y: 0, level: 0, width: 122, height: 96 })).toEqual(wanted);
  });

  it('does not trust joints that are not sure', async () => {
    const areas = [{ columns: 4, rows: 2, overlapX: () => 8, confidence: (col: number) => (col === 2 ? 99 : 100) }];
    const { slide } = await openBuilt({ model, areas, levels: 1 });
    await using _closed = slide;
    expect(slide.width).toBe(4 * FRAME - 16);
  });

  it('has areas where their frames start on the stored grid, and white between them', async () => {
    const areas = [
      { columns: 2, rows: 1, x: 500, y: 900 },
      { columns: 2, rows: 1, firstCol: 3, firstRow: 2 },
    ];
    const { slide, page } = await openBuilt({ model, areas, levels: 1 });
    await using _closed = slide;
    expect([slide.width, slide.height]).toEqual([5 * FRAME, 3 * FRAME]);
    const wanted = createRaster(5 * FRAME, 3 * FRAME);
    for (const [col, row] of [
      [0, 0],
      [1, 0],
      [3, 2],
      [4, 2],
    ] as const)
      paste(page, { col, row }, wanted, { left: col * FRAME, top: row * FRAME });
    expect(await slide.readRegion({ x: 0, y: 0, level: 0, width: wanted.width, height: wanted.height })).toEqual(
      wanted,
    );
  });

  it('and one of another scanner takes the mean of all joints', async () => {
    const areas = [{ columns: 4, rows: 3, overlapX: () => 6, confidence: () => 0 }];
    const unsure = await openBuilt({ areas, levels: 1 });
    await using _closed = unsure.slide;
    // No confidence at all: frames abut.
    expect([unsure.slide.width, unsure.slide.height]).toEqual([128, 96]);
  });
});

async function openBuilt(options: VentanaSlideOptions) {
  const { tiff, pages } = buildVentanaSlide(options);
  const page = pages[2];
  if (!page) throw new Error('no level 0');
  return { slide: await openSlide(createBufferSource(tiff.bytes, 'dp.bif')), page };
}

function paste(
  page: NoisePage,
  { col, row }: { col: number; row: number },
  onto: Raster,
  at: { left: number; top: number },
) {
  for (let y = 0; y < FRAME; y++) {
    const from = ((row * FRAME + y) * page.width + col * FRAME) * 3;
    onto.data.set(page.pixels.subarray(from, from + FRAME * 3), ((at.top + y) * onto.width + at.left) * 3);
  }
}
