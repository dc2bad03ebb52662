import type { DicomValues } from '../../../io/dicom/data-set.ts';
import { TAG } from '../../../io/dicom/tags.ts';

/** What describes the scan. Who the patient is stays in the file. */
const PROPERTIES = [
  'AcquisitionDateTime',
  'DeviceSerialNumber',
  'DimensionOrganizationType',
  'ImageOrientationSlide',
  'ImageType',
  'InstanceNumber',
  'LossyImageCompression',
  'LossyImageCompressionMethod',
  'LossyImageCompressionRatio',
  'Manufacturer',
  'ManufacturerModelName',
  'Modality',
  'PhotometricInterpretation',
  'SOPInstanceUID',
  'SeriesInstanceUID',
  'SeriesNumber',
  'SoftwareVersions',
  'StudyInstanceUID',
] as const;

export const PROPERTY_TAGS: readonly number[] = [
  TAG.SpecificCharacterSet,
  ...PROPERTIES.map((keyword) => TAG[keyword]),
];

/** `dicom.<keyword>` for what the level-0 image says; several values stand between backslashes, as in the file. */
export function readDicomProperties(values: DicomValues, transferSyntax: string): Map<string, string> {
  const properties = new Map([['dicom.TransferSyntaxUID', transferSyntax]]);
  for (const keyword of PROPERTIES) {
    const text = values.readTexts(TAG[keyword]).join('\\');
    if (text !== '') properties.set(`dicom.${keyword}`, text);
  }
  return properties;
}
