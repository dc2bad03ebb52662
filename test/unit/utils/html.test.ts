import { describe, expect, it } from 'vitest';
import { escapeHtml, html, toHref } from '../../../src/utils/html.ts';

describe('html', () => {
  it('escapes values, keeps HTML, drops nothing else', () => {
    const inner = html`<b>${'<'}</b>`;
    expect(html`<p title="${'"'}">${inner}${[inner, 'a&b']}${undefined}${false}${0}</p>`.toString()).toBe(
      '<p title="&quot;"><b>&lt;</b><b>&lt;</b>a&amp;b0</p>',
    );
    expect(escapeHtml('a\u0000b\u001bc\td\n')).toBe('a\ufffdb\ufffdc\td\n');
  });

  it.each([
    ['a/b.jpg', './a/b.jpg'],
    ['a b/50%#1?.jpg', './a%20b/50%25%231%3F.jpg'],
    ['javascript:alert(1)', './javascript%3Aalert(1)'],
    ['//host/x.jpg', './host/x.jpg'],
    ['/etc/x.jpg', './etc/x.jpg'],
    ['./a/ü.jpg', './a/%C3%BC.jpg'],
    ['..a/x.jpg', './..a/x.jpg'],
  ])('%s links to %s', (path, href) => {
    expect(toHref(path)).toBe(href);
  });
});
