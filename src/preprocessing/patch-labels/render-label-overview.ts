import type { Slide } from '../../slide/slide.ts';
import type { PatchPlan } from '../extract-patches/patch-plan.ts';
import { splitIntoRuns } from '../extract-patches/patch-runs.ts';
import { getLabelColor } from '../xml-to-mask/label-colors.ts';
import { createLegend } from '../xml-to-mask/overlay-picture.ts';
import { markLabelBox, paintLabelBoxes } from './kernels/label-boxes.ts';
import type { LabelClass } from './label-classes.ts';
import type { StageLabels } from './stage-labels.ts';

/** Pixels of the longer side of the picture. */
const SIZE = 1600;
/** Of patches of the background, and of those without a label. */
const BACKGROUND = { color: [0, 77, 64], plain: true } as const;
const UNLABELLED = { color: [120, 120, 120], plain: true } as const;

/**
 * A JPEG of the slide's thumbnail: patches of a class are tinted in its colour, those of the background outlined in teal, those
 * without a label in grey; with a legend. Bad tiles of the thumbnail's level stay white.
 */
export async function renderLabelOverview(slide: Slide, plan: PatchPlan, labels: StageLabels): Promise<Uint8Array> {
  const thumbnail = await slide.readThumbnail(SIZE, { onBadTile: () => {} });
  const { width, height } = thumbnail;
  const scale = { x: width / slide.width, y: height / slide.height };
  const { span } = plan.geometry;
  const colors = [UNLABELLED, ...labels.classes.map(chooseColor)];
  const numbers = new Map(labels.classes.map(({ id }, place) => [id, place + 2]));
  const cover = new Uint16Array(width * height);
  for (const { first, patches } of splitIntoRuns(plan)) {
    const own = labels.read(first, patches.length);
    for (const [place, { x, y }] of patches.entries()) {
      const [left, top] = [x * scale.x, y * scale.y];
      const box = { left, top, right: left + span.x * scale.x, bottom: top + span.y * scale.y };
      markLabelBox({ cover, width, height }, box, numbers.get(own[place]?.labelId ?? -1) ?? 1);
    }
  }
  paintLabelBoxes(thumbnail, cover, colors);
  const named = labels.classes.map(({ id, name, color }) => ({ value: id, name, color }));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${createLegend(named, { width, height })}</svg>`;
  const { sharp } = await import('../../io/codec/sharp.ts');
  return sharp(thumbnail.data, { raw: { width, height, channels: 3 } })
    .composite([{ input: Buffer.from(svg), left: 0, top: 0 }])
    .jpeg({ quality: 88, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

function chooseColor({ id, color }: LabelClass) {
  return id === 0 ? BACKGROUND : { color: getLabelColor({ value: id, color }), plain: false };
}
