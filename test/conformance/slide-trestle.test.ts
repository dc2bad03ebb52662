import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { describeSlide, type Subject } from '../support/slide-conformance.ts';
import { buildTrestleSlide, type TrestleSlideOptions } from '../support/vendors/trestle-slide.ts';

function createSubject(options: TrestleSlideOptions): Subject {
  const { bytes } = buildTrestleSlide({ resolution: [46, 46], ...options }).tiff;
  const open = () => openSlide(createBufferSource(bytes, 'memory.tif'));
  return { open, format: 'trestle', levels: 3, associated: [], hasMpp: true };
}

describeSlide('Trestle', createSubject({}));
describeSlide('Trestle without overlaps', createSubject({ description: 'Objective Power=20' }));
