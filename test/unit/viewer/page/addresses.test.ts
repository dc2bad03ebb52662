import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { getSlideAddress, getTileAddress } from '../../../../src/viewer/page/data/addresses.ts';
import { formatSight, parseSight } from '../../../../src/viewer/page/pane/sight-link.ts';
import { formatRoute, parseRoute } from '../../../../src/viewer/page/state/route.ts';

describe('the address of the page', () => {
  it('comes back as it was, whatever the slide is called', () => {
    const texts = fc.string({ unit: 'grapheme', minLength: 1 });
    const params = fc.dictionary(
      texts.filter((name) => name !== '__proto__'),
      texts,
    );
    fc.assert(
      fc.property(fc.option(texts), params, (slide, given) => {
        const route = { slide, params: { ...given } };
        const { href } = new URL(formatRoute(route), 'http://127.0.0.1/a/b/');
        expect(parseRoute(new URL(href).hash)).toEqual(route);
      }),
    );
  });

  it('is the cohort where it is nothing else, and keeps what is readable readable', () => {
    for (const hash of ['', '#', '#/', '#/slide', '#/slide/', '#/other/x', '#slide/x'])
      expect(parseRoute(hash).slide).toBeNull();
    expect(parseRoute('#/slide/a%ZZ?x=1').slide).toBe('a%ZZ');
    expect(formatRoute({ slide: 'case 1', params: { layers: 'a:0.5,b', none: '' } })).toBe(
      '#/slide/case%201?layers=a:0.5,b',
    );
  });
});

describe('a sight in a link', () => {
  const lens = { mpp: { x: 0.25, y: 0.25, source: 'metadata' }, objective: 40 };
  const sight = { x: 1234.567, y: 8, scale: 0.3, rotation: 0, width: 800, height: 600 };

  it('is the place and the microns of a pixel, and comes back', () => {
    const params = formatSight(lens, sight);
    expect(params).toEqual({ x: '1234.6', y: '8', mpp: '0.833333', downsample: null, rotation: null });
    const back = parseSight(lens, { x: '1234.6', y: '8', mpp: '0.833333' });
    expect(back).toEqual({ x: 1234.6, y: 8, scale: expect.closeTo(0.3, 5) });
    // The same microns on a slide of another scanner.
    expect(parseSight({ mpp: { x: 0.5, y: 0.5, source: 'metadata' }, objective: null }, { mpp: '1' })).toEqual({
      scale: 0.5,
    });
  });

  it('is a downsample where the slide does not say how large its pixels are', () => {
    const unknown = { mpp: null, objective: null };
    const { downsample, mpp } = formatSight(unknown, { ...sight, scale: 0.25, rotation: -90 });
    expect([downsample, mpp]).toEqual(['4', null]);
    expect(parseSight(unknown, { downsample: '4', mpp: '1', rotation: '270' })).toEqual({ scale: 0.25, rotation: 270 });
  });

  it('leaves out what is no number', () => {
    expect(parseSight(lens, { x: 'a', y: '5', mpp: '0', rotation: 'NaN' })).toEqual({});
    expect(parseSight(lens, { x: '1', mpp: '-3' })).toEqual({});
  });
});

describe('addresses of what is fetched', () => {
  it('are relative, and name any slide', () => {
    expect(getSlideAddress('a b/ü#?', 'facts.json')).toBe('slides/a%20b%2F%C3%BC%23%3F/facts.json');
    const at = { level: 3, col: 1, row: 2, format: 'jpg', version: 'v 1' } as const;
    expect(getTileAddress('x', null, at)).toBe('slides/x_files/3/1_2.jpg?v=v%201');
    expect(getTileAddress('x', 'views/normalised', at)).toBe('slides/x/views/normalised_files/3/1_2.jpg?v=v%201');
  });
});
