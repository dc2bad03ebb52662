import {
  CONVERT_BAD_TILE_POLICIES,
  CONVERT_COMPRESSIONS,
  CONVERT_DEFAULTS,
  CONVERT_LAYOUTS,
  CONVERT_LEVELS,
} from '../../preprocessing/convert-slide/options.ts';
import { defineCommand } from '../define-command.ts';
import type { OptionTable } from '../option-table.ts';
import { SLIDE_OPTIONS, toSlideOptions } from '../options/slide.ts';
import { toConvertOptions } from './convert/convert-options.ts';

const group = 'Conversion:';
const deIdentify = 'De-identification:';

export const CONVERT_OPTIONS = {
  out: {
    type: 'string',
    describe: 'file to write; for several slides, or where it is a folder, a folder',
    required: true,
    group,
    alias: 'o',
  },
  layout: {
    type: 'string',
    choices: CONVERT_LAYOUTS,
    describe: 'pages of a BigTIFF, for OpenSlide and QuPath, or OME-XML with SubIFDs, which keeps channels',
    default: CONVERT_DEFAULTS.layout,
    group,
  },
  levels: {
    type: 'string',
    choices: CONVERT_LEVELS,
    describe: 'those of the source, or its level 0 and halves of it until one tile holds all',
    default: CONVERT_DEFAULTS.levels,
    group,
  },
  compression: {
    type: 'string',
    choices: CONVERT_COMPRESSIONS,
    describe:
      'of tiles that are encoded; stored tiles of this compression are copied. auto: copies any, else JPEG where the ' +
      'source is lossy and deflate where it is not',
    default: CONVERT_DEFAULTS.compression,
    group,
  },
  quality: {
    type: 'number',
    describe: 'of JPEG tiles that are encoded, 1 to 100; copied tiles keep theirs',
    default: CONVERT_DEFAULTS.quality,
    group,
  },
  tileSize: {
    type: 'number',
    describe: 'side of encoded tiles in pixels, a multiple of 16',
    default: "the source's, else 512",
    group,
  },
  copy: {
    type: 'boolean',
    describe: 'copy stored tiles as they are where TIFF allows it; --no-copy decodes and encodes all',
    default: CONVERT_DEFAULTS.copy,
    group,
  },
  checkCopies: {
    type: 'boolean',
    describe:
      'check the data of a stored JPEG tile before copying it; with --no-check-copies damage may be copied unseen',
    default: CONVERT_DEFAULTS.checkCopies,
    group,
  },
  composite: {
    type: 'boolean',
    describe: 'write channels, or samples of 16 bits, as the 8-bit RGB picture that they are shown as',
    group,
  },
  onBadTile: {
    type: 'string',
    choices: CONVERT_BAD_TILE_POLICIES,
    describe: "a stored tile that can't be read: stop the slide, or paint it white and list it",
    default: CONVERT_DEFAULTS.onBadTile,
    group,
  },
  overwrite: { type: 'boolean', describe: 'replace a file that is there', group },
  stripAssociated: {
    type: 'boolean',
    describe: 'leave out the pictures beside the scan: label, macro, thumbnail',
    group: deIdentify,
  },
  stripMetadata: {
    type: 'boolean',
    describe: 'leave out date, scanner, channel names, and notes inside copied tiles',
    group: deIdentify,
  },
  ...SLIDE_OPTIONS,
} as const satisfies OptionTable;

export const convertCommand = defineCommand({
  name: 'convert',
  usage: 'SLIDE... --out FILE [options]',
  describe: 'Write a slide as a pyramidal BigTIFF or OME-TIFF, with tiles copied where that is possible',
  details: [
    'Stored tiles are copied byte for byte where TIFF knows their kind; the others are decoded and encoded. What the scanner ' +
      'wrote as text (ImageDescription, XML, barcodes, user and file names) is never taken over; a label or macro picture is, ' +
      'unless --strip-associated is given. docs/convert.md says what each option removes and what stays.',
    'The file appears under its name when it is whole. Several slides go into a folder, each as <name>.tif or <name>.ome.tif.',
  ],
  examples: [
    { command: 'convert slide.svs --out slide.tif', describe: 'a BigTIFF, tiles copied' },
    { command: 'convert dicom-folder/ --out slide.ome.tif --layout ome-tiff', describe: 'DICOM to OME-TIFF' },
    { command: 'convert scan.png --out scan.tif --levels pyramid --mpp 0.5', describe: 'a flat picture to a pyramid' },
    {
      command: 'convert slides/ --out shared/ --strip-associated --strip-metadata',
      describe: 'without labels, dates and scanner names; mind the file names',
    },
  ],
  inputs: 'some',
  options: CONVERT_OPTIONS,
  async run(args, context) {
    const { runConversion } = await import('./convert/run-conversion.ts');
    const settings = { ...toSlideOptions(args), out: args.out, convert: toConvertOptions(args) };
    return runConversion(args.inputs, settings, context);
  },
});
