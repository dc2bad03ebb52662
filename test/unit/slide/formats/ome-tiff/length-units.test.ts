import { describe, expect, it } from 'vitest';
import { toMicrons } from '../../../../../src/slide/formats/ome-tiff/length-units.ts';

describe('toMicrons', () => {
  it.each([
    ['0.5', undefined, 0.5],
    ['0.5', '\u00b5m', 0.5],
    ['0.5', '\u03bcm', 0.5],
    ['250', 'nm', 0.25],
    ['0.00025', 'mm', 0.25],
    ['2.5e-5', 'cm', 0.25],
    ['2.5E-7', 'm', 0.25],
    ['2500', '\u00c5', 0.25],
    ['2500', '\u212b', 0.25],
    ['0.00001', 'in', 0.254],
    ['0.01', 'thou', 0.254],
    ['0.01', 'pt', 3.5278],
  ])('%s %s is %f µm', (value, unit, microns) => {
    expect(toMicrons(value, unit)).toBeCloseTo(microns, 4);
  });

  it.each([
    ['0.5', 'pixel'],
    ['0.5', 'reference frame'],
    ['0.5', 'constructor'],
    ['0', 'µm'],
    ['-1', 'µm'],
    ['', 'µm'],
    ['NaN', 'µm'],
    ['Infinity', 'µm'],
    [undefined, 'µm'],
  ])('%s %s is no length', (value, unit) => {
    expect(toMicrons(value, unit)).toBeUndefined();
  });
});
