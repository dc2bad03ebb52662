import { getNotice } from '../../slide/notices.ts';
import type { Slide } from '../../slide/slide.ts';

/** What of the slide is not in the output, or is not as was asked for; one sentence each. */
export function listOmissions({ plane, properties, icc }: Slide): string[] {
  const omissions: string[] = [];
  if (plane)
    omissions.push(
      `the slide has several planes, and only z ${plane.z}, t ${plane.t} is in the output: -z and -t choose`,
    );
  const notice = getNotice(properties);
  if (notice !== undefined) omissions.push(notice);
  if (icc && icc.profile === undefined)
    omissions.push('the slide has no colour profile that could be applied: its pixels are as stored');
  return omissions;
}
