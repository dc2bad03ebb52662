import { expect, it } from 'vitest';
import { createPathHider, hideInJson } from '../../../src/viewer/hide-paths.ts';

const hide = createPathHider(['/data/ann/my slides/case 1.svs', 'https://ann:secret@host.example/a b/c.svs?key=1']);

it.each([
  ['/data/ann/my slides/case 1.svs: not a slide', 'case 1.svs: not a slide'],
  ["no file '/data/x/y.csv', nor /srv/a/b.json;", "no file 'y.csv', nor b.json;"],
  ['C:\\Users\\ann\\run\\a.csv is gone', 'a.csv is gone'],
  ['\\\\server\\share\\a.tif', 'a.tif'],
  ['s3://bucket/folder/slide.svs?X-Sig=1 timed out', 'slide.svs timed out'],
  ['https://ann:secret@host.example/a b/c.svs?key=1 failed', 'c.svs failed'],
  ['file:///data/ann/a.svs', 'a.svs'],
  ['(/data/ann/a.svs)', '(a.svs)'],
])('cuts %j down to names', (text, shown) => {
  expect(hide(text)).toBe(shown);
});

it.each(['H&E 1/2', 'µm/px', 'images/a_x0_y0.png', '20 mm²/slide', 'and/or', '2026-11-22', 'a: b', '0.5 / 0.25'])(
  'leaves %j as it is',
  (text) => {
    expect(hide(text)).toBe(text);
  },
);

it('goes through all texts of a value', () => {
  const value = { '/a/b': ['/data/x.svs', 1, null, { deep: 'see /a/b/c.txt' }] };
  expect(hideInJson(value, hide)).toEqual({ '/a/b': ['x.svs', 1, null, { deep: 'see c.txt' }] });
});
