import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { describeSlide, type Subject } from '../support/slide-conformance.ts';
import { buildVentanaSlide, type VentanaSlideOptions } from '../support/vendors/ventana-slide.ts';

function createSubject(options: VentanaSlideOptions): Omit<Subject, 'associated'> {
  const { bytes } = buildVentanaSlide(options).tiff;
  const open = () => openSlide(createBufferSource(bytes, 'memory.bif'));
  return { open, format: 'ventana', levels: 3, hasMpp: true };
}

describeSlide('Ventana BIF', { ...createSubject({}), associated: ['macro', 'thumbnail'] });
describeSlide('Ventana BIF without stitching data', {
  ...createSubject({ plain: true }),
  associated: ['macro', 'thumbnail'],
});
describeSlide('Ventana BIF of a DP scanner', {
  ...createSubject({
    ...{ model: 'VENTANA DP 200', newer: true },
    areas: [{ columns: 4, rows: 3, horizontal: 'LEFT', overlapX: (col, row) => (row === 1 && col > 1 ? 8 : 4) }],
  }),
  associated: ['macro', 'probability'],
});
