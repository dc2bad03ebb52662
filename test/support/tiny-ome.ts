/** Writes small OME-XML documents as they stand in an ImageDescription. */

export interface TinyOmeImage {
  readonly name?: string;
  /** Attributes of Pixels, in place of the usual ones. */
  readonly pixels?: Readonly<Record<string, string | number>>;
  /** Attributes of each Channel. */
  readonly channels?: readonly Readonly<Record<string, string | number>>[];
  /** TiffData elements. */
  readonly data?: string;
  /** Elements before Pixels. */
  readonly settings?: string;
}

/** Latin-1 characters that are the UTF-8 bytes of the document, which is what `buildTiff` writes. */
export function writeOme(images: readonly TinyOmeImage[], more: { uuid?: string; elements?: string } = {}): string {
  const parts = images.map(({ name = '', pixels = {}, channels = [], data = '', settings = '' }, index) => {
    const usual = {
      ID: `Pixels:${index}`,
      DimensionOrder: 'XYCZT',
      Type: 'uint8',
      SizeX: 1,
      SizeY: 1,
      SizeC: 1,
      SizeZ: 1,
      SizeT: 1,
    };
    const listed = channels.map((channel) => `<Channel${writeAttributes(channel)}/>`).join('');
    return `<Image ID="Image:${index}" Name="${name}">${settings}<Pixels${writeAttributes({ ...usual, ...pixels })}>${listed}${data}</Pixels></Image>`;
  });
  const uuid = more.uuid === undefined ? '' : ` UUID="${more.uuid}"`;
  const text = `<?xml version="1.0" encoding="UTF-8"?><!-- a note --><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"${uuid}>${more.elements ?? ''}${parts.join('')}</OME>`;
  return Buffer.from(text, 'utf8').toString('latin1');
}

function writeAttributes(attributes: Readonly<Record<string, string | number>>): string {
  return Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${value}"`)
    .join('');
}
