import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeXmlText, parseXml } from '../../../../src/io/xml/parse-xml.ts';
import { findChild, findChildren, findDescendant, type XmlNode } from '../../../../src/io/xml/xml-node.ts';

describe('parseXml', () => {
  it('gives elements in order, attributes and text', () => {
    const root = parseXml(
      `<?xml version="1.0"?><!-- a comment --><OME xmlns="http://x" UUID='u'>
         <Image ID="1" Name="a &amp; b"><Pixels/></Image> text <Image ID="2">one<b/>two</Image></OME>`,
      's',
    );
    expect(root.name).toBe('OME');
    expect(root.text).toBe('text');
    expect(findChildren(root, 'Image').map(({ attributes }) => attributes.get('ID'))).toEqual(['1', '2']);
    expect(findChild(root, 'Image')?.attributes.get('Name')).toBe('a & b');
    expect(findDescendant(root, 'Pixels')).toMatchObject({ name: 'Pixels', text: '' });
    expect(root.children[1]?.text).toBe('onetwo');
    expect(findChild(root, 'Plane')).toBeUndefined();
    expect(findDescendant(undefined, 'Plane')).toBeUndefined();
  });

  it('takes namespace prefixes off', () => {
    const root = parseXml('<OME:OME xmlns:OME="u" xmlns:x="v"><OME:Image x:Name="n"/></OME:OME>', 's');
    expect(root.name).toBe('OME');
    expect(root.children[0]?.attributes.get('Name')).toBe('n');
  });

  it('decodes entities and character references once, and CDATA not at all', () => {
    const root = parseXml('<a b="&lt;&#181;&#xB5;&quot;">&amp;lt;<![CDATA[&amp;<b>]]>&apos;</a>', 's');
    expect(root.attributes.get('b')).toBe('<µµ"');
    expect(root.text).toBe("&lt;&amp;<b>'");
  });

  it('keeps numbers and names of JavaScript as texts', () => {
    const root = parseXml('<a v="0010" toString="x"><hasOwnProperty>1e3</hasOwnProperty></a>', 's');
    expect(root.attributes.get('v')).toBe('0010');
    expect(root.children[0]?.text).toBe('1e3');
  });

  it('reads bytes up to the first NUL, in UTF-8 or else Latin-1', () => {
    expect(parseXml(Buffer.from('<a b="µ"/>\0rest', 'utf8'), 's').attributes.get('b')).toBe('µ');
    expect(parseXml(Buffer.from('<a b="µ"/>', 'latin1'), 's').attributes.get('b')).toBe('µ');
    expect(decodeXmlText(Buffer.from('\uFEFF<a/>', 'utf8'))).toBe('<a/>');
  });

  it.each([
    ['', 'Start tag'],
    ['  ', 'Start tag'],
    ['no xml', 'not expected'],
    ['<a><b></a></b>', 'closing tag'],
    ['<a><b/>', 'Unclosed'],
    ['<OME><Image Name="x"', ''],
    ['<a b=c/>', ''],
    ['<a/><b/>', '2 root elements'],
    ['<a>&bomb;</a>', 'unknown entity'],
    ['<a b="&#1114112;"/>', 'unknown entity'],
    ['<a b="x & y"/>', 'unknown entity'],
    ['<a><constructor/></a>', ''],
    [`<a>${'<b>'.repeat(500)}${'</b>'.repeat(500)}</a>`, 'nested'],
    [`<a>${'<b/>'.repeat(600_000)}</a>`, 'elements'],
    [`<a ${'b="" '.repeat(600_000)}/>`, 'attributes'],
  ])('refuses %.40s', (text, problem) => {
    expect(() => parseXml(text, 'slide.tif')).toThrow(
      expect.objectContaining({
        tag: 'unsupported-format',
        source: 'slide.tif',
        message: expect.stringContaining(problem),
      }),
    );
  });

  it('refuses documents with entities of their own, however they expand', () => {
    const lines = Array.from({ length: 20 }, (_, i) => `<!ENTITY e${i + 1} "&e${i};&e${i};&e${i};">`);
    for (const head of [
      `<!DOCTYPE a [<!ENTITY e0 "ha">${lines.join('')}]>`,
      '<!doctype a SYSTEM "file:///etc/passwd">',
    ])
      expect(() => parseXml(`${head}<a>&e20;</a>`, 's')).toThrow(/document type/);
  });

  it('refuses a document that is too long before it looks into it', () => {
    expect(() => parseXml(`<a>${'x'.repeat(17 * 2 ** 20)}</a>`, 's')).toThrow(/more than 16777216/);
    expect(() => parseXml(`<a>${'x &amp; '.repeat(2 ** 20)}</a>`, 's')).toThrow(/of markup, more than 2097152/);
    expect(() => parseXml(Buffer.alloc(17 * 2 ** 20, 0x20), 's')).toThrow(/more than 16777216/);
  });

  it('reads a picture in base64 of several megabytes', () => {
    const picture = 'QUJD'.repeat(3 * 2 ** 20);
    const other = 'x'.repeat(2000);
    const root = parseXml(`<a>${other}<b>${picture}</b><c><![CDATA[1>${other}<2]]></c></a>`, 's');
    expect(root.text).toBe(other);
    expect(root.children[0]?.text === picture).toBe(true);
    expect(root.children[1]?.text).toBe(`1>${other}<2`);
  });

  it('takes the marks of long texts for what they are in a text that has them', () => {
    const root = parseXml(`<a b="\uE0000\uE000">${'x'.repeat(2000)}<b>\uE0000\uE000</b></a>`, 's');
    expect(root.children[0]?.text).toBe('\uE0000\uE000');
    expect(root.text.length).toBe(2000);
    const written = parseXml(`<a b="&#xE000;0&#xE000;">${'x'.repeat(2000)}</a>`, 's');
    expect(written.attributes.get('b')).toBe('\uE0000\uE000');
  });

  it('gives back any tree that is written down', () => {
    const name = fc.stringMatching(/^[A-Z][A-Za-z0-9_.-]{0,8}$/);
    const text = fc.string({ unit: 'grapheme-ascii', maxLength: 12 }).map((value) => value.trim());
    const node = (depth: number): fc.Arbitrary<XmlNode> =>
      fc.record({
        name,
        attributes: fc.dictionary(name, text, { maxKeys: 3 }).map((entries) => new Map(Object.entries(entries))),
        children: depth === 0 ? fc.constant([]) : fc.array(node(depth - 1), { maxLength: 3 }),
        text,
      });
    fc.assert(
      fc.property(node(3), (tree) => {
        expect(parseXml(write(tree), 's')).toEqual(tree);
      }),
    );
  });

  it('takes any text for XML or refuses it by its own error', () => {
    const part = fc.constantFrom(
      '<',
      '>',
      '</',
      '/>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      '?>',
      '&',
      ';',
      '"',
      "'",
      '=',
      'a',
      ' ',
      '#',
      'x',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        try {
          parseXml(`<a>${parts.join('')}</a>`, 's');
        } catch (error) {
          expect(error).toMatchObject({ tag: 'unsupported-format' });
        }
      }),
      { numRuns: 500 },
    );
  });
});

function write({ name, attributes, children, text }: XmlNode): string {
  const encode = (value: string) => value.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
  const pairs = [...attributes].map(([key, value]) => ` ${key}="${encode(value)}"`).join('');
  return `<${name}${pairs}>${encode(text)}${children.map(write).join('')}</${name}>`;
}
