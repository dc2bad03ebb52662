import type { SampleType } from '../../io/sample-raster.ts';
import type { Mpp } from '../../slide/slide.ts';
import { VERSION } from '../../utils/version.ts';

export interface OmeImageFacts {
  /** `slide`, or the name of an associated image. */
  readonly name: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly type: SampleType;
  readonly mpp?: Mpp | undefined;
  readonly objectivePower?: number | undefined;
  /** One page each, in order; the first is directory `ifd`. */
  readonly channels: readonly OmeChannelFacts[];
  readonly ifd: number;
  /** Texts that stand as structured annotations of the image. */
  readonly annotations?: readonly OmeAnnotation[] | undefined;
}

/** A text, or pairs of names and values, under a name that says what they are. */
export interface OmeAnnotation {
  readonly namespace: string;
  readonly value: string | readonly (readonly [key: string, value: string])[];
}

export interface OmeChannelFacts {
  readonly samples: number;
  readonly name?: string | undefined;
  readonly color?: readonly [red: number, green: number, blue: number] | undefined;
}

const NAMESPACE = 'http://www.openmicroscopy.org/Schemas/OME/2016-06';

/** OME's names of the types, as they are written: half floats are widened. */
const TYPES = {
  ...{ uint8: 'uint8', int8: 'int8', uint16: 'uint16', int16: 'int16', uint32: 'uint32', int32: 'int32' },
  ...{ float16: 'float', float32: 'float', float64: 'double' },
} as const satisfies Record<SampleType, string>;

/** An OME-XML document in ASCII: what is beyond it is written as numbers. */
export function createOmeXml(images: readonly OmeImageFacts[]): string {
  const power = images.find(({ objectivePower }) => objectivePower !== undefined)?.objectivePower;
  const objective = element('Objective', { ID: 'Objective:0', NominalMagnification: power });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<OME${attributes({ xmlns: NAMESPACE, Creator: `slideloom ${VERSION}` })}>`,
    ...(power === undefined ? [] : [element('Instrument', { ID: 'Instrument:0' }, objective)]),
    ...images.map(createImage),
    ...createAnnotations(images),
    '</OME>',
  ].join('');
}

/** `StructuredAnnotations` with those of all images; none where no image has any. */
function createAnnotations(images: readonly OmeImageFacts[]): string[] {
  const all = images.flatMap(({ annotations = [] }, image) =>
    annotations.map(({ namespace, value }, at) => {
      const values = { ID: nameAnnotation(image, at), Namespace: namespace };
      if (typeof value === 'string')
        return element('CommentAnnotation', values, element('Value', {}, escapeText(value)));
      const pairs = value.map(([key, text]) => element('M', { K: key }, escapeText(text)));
      return element('MapAnnotation', values, element('Value', {}, ...pairs));
    }),
  );
  return all.length === 0 ? [] : [element('StructuredAnnotations', {}, ...all)];
}

function nameAnnotation(image: number, at: number): string {
  return `Annotation:${image}:${at}`;
}

function createImage(image: OmeImageFacts, index: number): string {
  const { name, objectivePower, channels, mpp, width, height, type, ifd } = image;
  const sizes = {
    SizeX: width,
    SizeY: height,
    SizeZ: 1,
    SizeC: channels.reduce((n, { samples }) => n + samples, 0),
    SizeT: 1,
  };
  const physical = mpp && {
    ...{ PhysicalSizeX: mpp.x, PhysicalSizeXUnit: 'µm' },
    ...{ PhysicalSizeY: mpp.y, PhysicalSizeYUnit: 'µm' },
  };
  const rgb = channels.some(({ samples }) => samples > 1);
  const pixels = element(
    'Pixels',
    {
      ...{ ID: `Pixels:${index}`, DimensionOrder: 'XYCZT', Type: TYPES[type], BigEndian: 'false' },
      ...{ Interleaved: rgb ? 'true' : 'false', ...sizes, ...physical },
    },
    ...channels.map((channel, at) => createChannel(channel, `Channel:${index}:${at}`)),
    ...channels.map((_, at) => element('TiffData', { FirstC: at, FirstZ: 0, FirstT: 0, IFD: ifd + at, PlaneCount: 1 })),
  );
  const instrument =
    objectivePower === undefined
      ? []
      : [element('InstrumentRef', { ID: 'Instrument:0' }), element('ObjectiveSettings', { ID: 'Objective:0' })];
  const references = (image.annotations ?? []).map((_, at) =>
    element('AnnotationRef', { ID: nameAnnotation(index, at) }),
  );
  return element('Image', { ID: `Image:${index}`, Name: name }, ...instrument, pixels, ...references);
}

function createChannel({ name, samples, color }: OmeChannelFacts, id: string): string {
  // Red in the highest byte, then green, blue, and opaque: a signed number of 32 bits.
  const packed = color && (color[0] << 24) | (color[1] << 16) | (color[2] << 8) | 255;
  return element('Channel', { ID: id, Name: name, SamplesPerPixel: samples, Color: packed });
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

function element(name: string, values: Attributes, ...children: string[]): string {
  const open = `<${name}${attributes(values)}`;
  return children.length === 0 ? `${open}/>` : `${open}>${children.join('')}</${name}>`;
}

function attributes(values: Attributes): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return given.map(([name, value]) => ` ${name}="${escapeText(String(value))}"`).join('');
}

/** Control characters and halves of pairs, which XML does not know, are left out. */
function escapeText(text: string): string {
  const known = text.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '');
  return known.replace(/[<>&"]|[^\x20-\x7e]/gu, (one) => `&#${one.codePointAt(0)};`);
}
