import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseXmlText, XmlProblem } from '../../src/io/xml/parse-xml.ts';
import { parsePlainMarkup } from '../../src/preprocessing/xml-to-mask/xml/parse-plain-markup.ts';

/** What the parser says, or undefined where it refuses the text. */
function parse(text: string) {
  try {
    return parseXmlText(text);
  } catch (error) {
    if (error instanceof XmlProblem) return undefined;
    throw error;
  }
}

/** What is read at once; undefined where it is left to the parser, which may refuse it. */
function parsePlain(text: string) {
  try {
    return parsePlainMarkup(text);
  } catch (error) {
    if (error instanceof XmlProblem) return undefined;
    throw error;
  }
}

const PIECES = [
  ...[
    '<a',
    '<b',
    '<Region',
    '</a>',
    '</b >',
    '</Region>',
    '>',
    '/>',
    ' />',
    '</',
    '<',
    '<a>',
    '<b/>',
    '<toString>',
    '<x:a>',
  ],
  ...[
    ' Id="1"',
    ' Text=\'say "x"\'',
    ' b = "1"',
    ' b="2"',
    ' c=" two words "',
    ' d="&lt;&#65;&amp;"',
    ' e="&no;"',
    ' f=""',
  ],
  ...[' g="<"', ' h="a>b"', ' i', ' j=1', ' k="', ' x:y="1"', ' __proto__="1"', ' l="tab\there"', ' 1m="1"', '"', '='],
  ...[
    'text',
    ' ',
    '\n\t',
    '\r\n',
    '&amp;',
    '&',
    ']]>',
    '<!-- c -->',
    '<![CDATA[<x>]]>',
    '<?p i?>',
    '\u00e9',
    '\ufeff',
    ' n="\u00e9"',
  ],
] as const;

const name = fc.constantFrom('Region', 'Attributes', 'a', 'B-1.c_d');
const value = fc.string({ maxLength: 9 }).map((text) => text.replace(/[<&"\p{Cc}]/gu, '.'));
const attributes = fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 4 });
const write = (tag: string, all: readonly (readonly [string, string])[], inner: string) =>
  `<${tag}${all.map(([key, text]) => ` ${key}="${text}"`).join('')}${inner === '' ? '/>' : `>${inner}</${tag}>`}`;
const { element } = fc.letrec<{ element: string }>((tie) => ({
  element: fc
    .tuple(
      name,
      attributes,
      fc.oneof(
        { depthSize: 'small' },
        fc.constant(''),
        fc.constant('words &gt; 1'),
        fc.array(tie('element'), { maxLength: 3 }).map((all) => all.join('\n\t')),
      ),
    )
    .map(([tag, all, inner]) => write(tag, all, inner)),
}));

describe('plain markup', () => {
  it('of any pieces is what the parser makes of it, or is left to the parser', () => {
    const anyText = fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(anyText, (text) => {
        const plain = parsePlain(text);
        if (plain !== undefined) expect(plain).toEqual(parse(text));
      }),
      { numRuns: 4000 },
    );
  });

  it('that is well formed is read, in any place of a text', () => {
    fc.assert(
      fc.property(element, (text) => {
        const node = parse(text);
        expect(node).toBeDefined();
        expect(parsePlainMarkup(text)).toEqual(node);
        expect(parsePlainMarkup(`<x/>${text}<y/>`, 4, 4 + text.length)).toEqual(node);
      }),
      { numRuns: 300 },
    );
  });

  it('with one thing changed is what the parser makes of it, or is left to the parser', () => {
    let read = 0;
    const change = fc.record({
      at: fc.nat(),
      cut: fc.integer({ min: 0, max: 3 }),
      piece: fc.constantFrom('', ...PIECES),
    });
    fc.assert(
      fc.property(element, change, (text, { at, cut, piece }) => {
        const place = at % (text.length + 1);
        const changed = text.slice(0, place) + piece + text.slice(place + cut);
        const plain = parsePlain(changed);
        if (plain === undefined) return;
        read++;
        expect(plain).toEqual(parse(changed));
      }),
      { numRuns: 2000 },
    );
    expect(read).toBeGreaterThan(20);
  });

  it('is left to the parser beyond its limits', () => {
    expect(parsePlainMarkup('<a>'.repeat(33) + '</a>'.repeat(33))).toBe(undefined);
    expect(parsePlainMarkup(`<a b="${'x'.repeat(2 ** 18)}"/>`)).toBe(undefined);
    expect(parsePlainMarkup('<a/><b/>')).toBe(undefined);
    expect(parsePlainMarkup('')).toBe(undefined);
    expect(() => parsePlainMarkup('<a b="&no;"/>')).toThrow(XmlProblem);
  });
});
