import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { describeSlide, type Subject } from '../support/slide-conformance.ts';
import { buildPhilipsSlide, type PhilipsSlideOptions } from '../support/vendors/philips-slide.ts';

function createSubject(options: PhilipsSlideOptions): Omit<Subject, 'associated'> {
  const { bytes } = buildPhilipsSlide({ spacing: [0.00025, 0.00025], ...options }).tiff;
  const open = () => openSlide(createBufferSource(bytes, 'memory.tiff'));
  return { open, format: 'philips', levels: options.downsamples?.length ?? 3, hasMpp: true };
}

describeSlide('Philips', { ...createSubject({ missing: [7] }), associated: [] });
describeSlide('Philips, label as a page', { ...createSubject({ labelPage: true }), associated: ['label'] });
describeSlide('Philips, one level', { ...createSubject({ downsamples: [1] }), associated: [] });
