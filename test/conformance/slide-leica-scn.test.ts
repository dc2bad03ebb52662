import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { describeSlide, type Subject } from '../support/slide-conformance.ts';
import { buildLeicaSlide, type LeicaSlideOptions } from '../support/vendors/leica-slide.ts';

function createSubject(options: LeicaSlideOptions): Omit<Subject, 'associated' | 'levels'> {
  const { bytes } = buildLeicaSlide(options).tiff;
  return { open: () => openSlide(createBufferSource(bytes, 'memory.scn')), format: 'leica', hasMpp: true };
}

const whole = [{ x: 0, y: 0, levels: [[119, 160] as const] }];
describeSlide('Leica SCN', { ...createSubject({}), levels: 2, associated: ['macro'] });
describeSlide('Leica SCN, one region without a macro image', {
  ...createSubject({ regions: whole, macro: false }),
  ...{ levels: 1, associated: [] },
});
