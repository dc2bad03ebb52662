import { type DicomValues, parseDataSet } from '../../../io/dicom/data-set.ts';
import { type DicomHead, readDicomHead } from '../../../io/dicom/read-head.ts';
import { TAG } from '../../../io/dicom/tags.ts';
import type { ByteSource } from '../../../io/source/byte-source.ts';
import { DicomError, UnsupportedFormatError } from '../../../utils/errors.ts';
import { PROPERTY_TAGS } from './properties.ts';
import { checkSopClass } from './sop-class.ts';

/** One file of a slide: an image, or a part of one (a concatenation). */
export interface WsiImage {
  readonly source: ByteSource;
  readonly head: DicomHead;
  readonly values: DicomValues;
  readonly seriesUid: string;
  readonly instanceUid: string;
  readonly instanceNumber: number;
  /** Third value of ImageType: VOLUME, LABEL, OVERVIEW, THUMBNAIL. */
  readonly flavor: string;
  /** Pixels of the whole image: the total pixel matrix. */
  readonly width: number;
  readonly height: number;
  /** Pixels of a frame. */
  readonly tileWidth: number;
  readonly tileHeight: number;
  /** Of this file. */
  readonly frames: number;
  readonly samples: FrameSamples;
  readonly part: ConcatenationPart | undefined;
}

/** How the samples of a frame are to be understood. */
export interface FrameSamples {
  readonly count: number;
  readonly photometric: string;
  /** One plane per sample instead of pixel by pixel. */
  readonly planar: boolean;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
}

export interface ConcatenationPart {
  readonly uid: string;
  /** Frames of the image before this file's first one. */
  readonly firstFrame: number;
  /** Files of the image, where the file says it. */
  readonly total: number | undefined;
}

const TAGS = [
  ...PROPERTY_TAGS,
  TAG.SOPClassUID,
  TAG.ConcatenationUID,
  TAG.InConcatenationTotalNumber,
  TAG.ConcatenationFrameOffsetNumber,
  TAG.DimensionOrganizationType,
  TAG.SamplesPerPixel,
  TAG.PhotometricInterpretation,
  TAG.PlanarConfiguration,
  TAG.NumberOfFrames,
  TAG.Rows,
  TAG.Columns,
  TAG.BitsAllocated,
  TAG.BitsStored,
  TAG.HighBit,
  TAG.PixelRepresentation,
  TAG.ImagedVolumeWidth,
  TAG.ImagedVolumeHeight,
  TAG.TotalPixelMatrixColumns,
  TAG.TotalPixelMatrixRows,
  TAG.OpticalPathSequence,
  TAG.NumberOfOpticalPaths,
  TAG.TotalPixelMatrixFocalPlanes,
  TAG.SharedFunctionalGroupsSequence,
];

/** @throws UnsupportedFormatError where the file is no slide; DicomError where it is damaged */
export async function readWsiImage(source: ByteSource): Promise<WsiImage> {
  const head = await readDicomHead(source);
  const values = parseDataSet(source.name, head, TAGS);
  checkSopClass(source.name, values.readText(TAG.SOPClassUID));
  const need = (value: number | undefined, what: string): number => {
    if (value !== undefined && Number.isSafeInteger(value) && value > 0) return value;
    throw new DicomError(source.name, `${what} is ${value ?? 'missing'}`);
  };
  const uid = values.readText(TAG.ConcatenationUID);
  return {
    source,
    head,
    values,
    seriesUid: values.readText(TAG.SeriesInstanceUID) ?? '',
    instanceUid: values.readText(TAG.SOPInstanceUID) ?? '',
    instanceNumber: values.readDecimals(TAG.InstanceNumber).find(Number.isFinite) ?? Number.POSITIVE_INFINITY,
    flavor: values.readTexts(TAG.ImageType)[2] ?? '',
    width: need(values.readUint32(TAG.TotalPixelMatrixColumns), 'TotalPixelMatrixColumns'),
    height: need(values.readUint32(TAG.TotalPixelMatrixRows), 'TotalPixelMatrixRows'),
    tileWidth: need(values.readUint16(TAG.Columns), 'Columns'),
    tileHeight: need(values.readUint16(TAG.Rows), 'Rows'),
    frames: need(values.readDecimals(TAG.NumberOfFrames)[0] ?? 1, 'NumberOfFrames'),
    samples: readSamples(source.name, values),
    part: uid === undefined ? undefined : readPart(uid, values),
  };
}

function readPart(uid: string, values: DicomValues): ConcatenationPart {
  return {
    uid,
    firstFrame: values.readUint32(TAG.ConcatenationFrameOffsetNumber) ?? 0,
    total: values.readUint16(TAG.InConcatenationTotalNumber),
  };
}

function readSamples(name: string, values: DicomValues): FrameSamples {
  const count = values.readUint16(TAG.SamplesPerPixel) ?? 0;
  const photometric = values.readText(TAG.PhotometricInterpretation) ?? '';
  const bitsAllocated = values.readUint16(TAG.BitsAllocated) ?? 0;
  const bitsStored = values.readUint16(TAG.BitsStored) ?? bitsAllocated;
  const highBit = values.readUint16(TAG.HighBit) ?? bitsStored - 1;
  const refuse = (what: string): never => {
    throw new UnsupportedFormatError(name, `samples that are not read: ${what}`);
  };
  if (bitsAllocated !== 8 && bitsAllocated !== 16) refuse(`${bitsAllocated} bits`);
  if (bitsStored < 8 || bitsStored > bitsAllocated) refuse(`${bitsStored} of ${bitsAllocated} bits`);
  if (highBit !== bitsStored - 1) refuse(`${bitsStored} bits below bit ${highBit + 1}`);
  if (values.readUint16(TAG.PixelRepresentation) === 1) refuse('signed ones');
  const grey = photometric === 'MONOCHROME1' || photometric === 'MONOCHROME2';
  if (!(grey && count === 1) && !(COLOURS.has(photometric) && count === 3 && bitsAllocated === 8))
    refuse(`${count} of ${bitsAllocated} bits a pixel, photometric interpretation ${photometric || 'missing'}`);
  return { count, photometric, planar: values.readUint16(TAG.PlanarConfiguration) === 1, bitsAllocated, bitsStored };
}

const COLOURS = new Set(['RGB', 'YBR_FULL', 'YBR_FULL_422', 'YBR_ICT', 'YBR_RCT']);
