import { estimateMpp, formatMpp } from '../../slide/mpp.ts';
import type { Slide } from '../../slide/slide.ts';
import type { Finding } from './validation.ts';

/** A pixel size off the objective's usual one by more than this factor is one of another objective. */
const OBJECTIVE_FACTOR = 1.8;
/** Pixels of scanners are square to within a percent or two. */
const AXES_FACTOR = 1.05;
/** Millimetres: the largest slides are 150 long. */
const LARGEST = 160;

/** What the slide says of itself, held against what can be. Reads nothing. */
export function checkFacts(slide: Slide): Finding[] {
  const { plane, properties } = slide;
  const findings = [...checkMpp(slide), ...checkLevels(slide)];
  // One line of several; the words of each are without a semicolon.
  const said = properties.get('slideloom.notice')?.split('; ') ?? [];
  findings.push(...said.map((message) => ({ kind: 'warning' as const, code: 'notice' as const, message })));
  if (plane) {
    const message = `the slide has several planes, only z ${plane.z}, t ${plane.t} was looked at`;
    findings.push({ kind: 'note', code: 'planes', message });
  }
  return findings;
}

function checkMpp({ mpp, objectivePower, width, height }: Slide): Finding[] {
  if (!mpp) {
    const message = 'the slide does not say its microns per pixel, or says something implausible: give --mpp';
    return [{ kind: 'warning', code: 'mpp-missing', message }];
  }
  const findings: Finding[] = [];
  const { x, y, source } = mpp;
  const size = formatMpp(mpp);
  if (source === 'objective') {
    const message = `the pixel size, ${size}, is an estimate from the ${objectivePower}x objective`;
    findings.push({ kind: 'warning', code: 'mpp-estimated', message });
  } else if (source === 'resolution-tag') {
    const message = `the pixel size, ${size}, comes from the resolution tags, which not every writer means`;
    findings.push({ kind: 'note', code: 'mpp-estimated', message });
  }
  if (Math.max(x / y, y / x) > AXES_FACTOR)
    findings.push({ kind: 'warning', code: 'mpp-axes', message: `pixels of ${size} are not square` });
  const usual = estimateMpp(objectivePower);
  if (usual && Math.max(x / usual.x, usual.x / x) > OBJECTIVE_FACTOR) {
    const message = `the pixel size, ${size}, does not go with a ${objectivePower}x objective: about ${formatMpp(usual)}`;
    findings.push({ kind: 'warning', code: 'mpp-objective', message });
  }
  const [long, short] = [Math.max(width * x, height * y) / 1000, Math.min(width * x, height * y) / 1000];
  if (long > LARGEST) {
    const message = `${long.toFixed(0)} x ${short.toFixed(0)} mm is larger than any slide: the pixel size may be wrong`;
    findings.push({ kind: 'warning', code: 'slide-size', message });
  }
  return findings;
}

function checkLevels({ levels }: Slide): Finding[] {
  const findings: Finding[] = [];
  levels.forEach(({ width, height, downsample }, index) => {
    const above = levels[index - 1];
    const warn = (code: Finding['code'], message: string) =>
      findings.push({ kind: 'warning', code, message: `level ${index}: ${message}`, level: index });
    if (above && (width >= above.width || height > above.height))
      warn('level-order', `${width} x ${height} pixels are not less than the ${above.width} x ${above.height} above`);
    // Each side of a level is rounded to whole pixels.
    if (Math.abs(downsample.x / downsample.y - 1) > 1 / width + 1 / height)
      warn('level-shape', `it is not of level 0's shape: ${downsample.x} times smaller across, ${downsample.y} down`);
  });
  return findings;
}
