import { CLASS_SOURCES } from '../../preprocessing/xml-to-mask/class-map.ts';
import { CONFLICT_RULES, PAINT_ORDERS } from '../../preprocessing/xml-to-mask/create-mask-shapes.ts';
import { FULL_OVERLAY_DEFAULTS } from '../../preprocessing/xml-to-mask/full-overlay-options.ts';
import { MASK_COORDS, MASK_DEFAULTS, MASK_FORMATS, MASK_RULES } from '../../preprocessing/xml-to-mask/options.ts';
import type { OptionTable } from '../option-table.ts';

const scale = 'Mask:';
const pictures = 'Pictures:';
const drawn = 'Annotations:';

/** How a file of annotations is read, and which labels its regions get. */
export const ANNOTATION_OPTIONS = {
  classes: {
    type: 'string',
    describe: 'JSON file, {"Tumor": 1, "Exclusion": 0}: labels from 1 to 255, and 0 for a class that is cut out',
    default: 'labels 1, 2, 3 ... in the order in which classes occur',
    group: drawn,
  },
  classBy: {
    type: 'string',
    choices: CLASS_SOURCES,
    describe: "what a region's class is: its own (where it has none its layer), its layer's name, its own name",
    default: 'class',
    group: drawn,
  },
  unmapped: {
    type: 'string',
    describe: 'regions whose class is not in --classes: skip (with a notice), error, or a label',
    default: 'skip',
    group: drawn,
  },
  order: {
    type: 'string',
    choices: PAINT_ORDERS,
    describe:
      'painting order, later over earlier: in a layer the large before the small; what is drawn before what is cut out; as ' +
      'in the file; or class by class as --classes lists them, as ASAP paints',
    default: 'area',
    group: drawn,
  },
  conflict: {
    type: 'string',
    choices: CONFLICT_RULES,
    describe: 'where classes overlap: the later painted wins, the greater label wins, or an error',
    default: 'order',
    group: drawn,
  },
  overlapHoles: {
    type: 'string',
    choices: ['keep', 'cut'],
    describe: 'cut: a region inside another one of its layer is a hole, as in ImageScope files without NegativeROA',
    default: 'keep',
    group: drawn,
  },
  coordsFrame: {
    type: 'string',
    choices: ['raw', 'bounds'],
    describe:
      "coordinates from the slide's corner, or from that of its scanned area (openslide.bounds-x), as QuPath has them",
    default: 'raw',
    group: drawn,
  },
  onBadRegion: {
    type: 'string',
    choices: ['fail', 'skip'],
    describe:
      'a region with vertices that are no numbers, or that contradicts itself: stop, or leave it out with a notice',
    default: 'fail',
    group: drawn,
  },
  check: {
    type: 'boolean',
    describe:
      'list outlines that cross themselves, repeat vertices, have no area, are tiny, lie off the slide, or lie there twice',
    group: drawn,
  },
  repair: {
    type: 'boolean',
    describe: 'as --check, and repeated vertices and rings without area are dropped; nothing else is changed',
    group: drawn,
  },
  maxVertices: {
    type: 'number',
    describe: 'most vertices of a file that are kept in memory',
    default: 50_000_000,
    group: drawn,
  },
} as const satisfies OptionTable;

/** How a mask is painted and written. */
export const MASK_OPTIONS = {
  downsample: {
    type: 'number',
    describe: 'level-0 pixels per mask pixel',
    default: MASK_DEFAULTS.downsample,
    group: scale,
  },
  maskMpp: { type: 'number', describe: 'microns per mask pixel, in place of --downsample', group: scale },
  rule: {
    type: 'string',
    choices: MASK_RULES,
    describe:
      'pixels that a polygon takes: whose centre is inside (even-odd, or nonzero winding), all that it touches, or as ' +
      'cv2.fillPoly fills them, edges included',
    default: MASK_DEFAULTS.rule,
    group: scale,
  },
  coords: {
    type: 'string',
    choices: MASK_COORDS,
    describe: 'vertices as they are, or cut or rounded to whole mask pixels as programs do that keep integers',
    default: MASK_DEFAULTS.coords,
    group: scale,
  },
  format: {
    type: 'string',
    choices: MASK_FORMATS,
    describe: 'pyramidal BigTIFF, OME-TIFF, one PNG of any size, or OME-NGFF labels as Zarr',
    default: "by --out's extension, else tiff",
    group: scale,
  },
  bits: {
    type: 'number',
    describe: '8: labels from 1 to 255. 1: drawn or not (tiff, png)',
    default: MASK_DEFAULTS.bits,
    group: scale,
  },
  tileSize: {
    type: 'number',
    describe: 'side of tiles and chunks in pixels, a multiple of 16',
    default: MASK_DEFAULTS.tileSize,
    group: scale,
  },
  overwrite: { type: 'boolean', describe: 'replace files that are there, and make anew what is done', group: scale },
  overlay: {
    type: 'string',
    describe: "JPEG of the slide's thumbnail with the mask over it; for several annotations a folder",
    group: pictures,
  },
  fullOverlay: {
    type: 'string',
    describe: "the slide's own pixels where something is drawn, as a pyramidal JPEG TIFF; for several a folder",
    group: pictures,
  },
  overlayBackground: {
    type: 'string',
    choices: ['black', 'white'],
    describe: 'of --full-overlay, where nothing is drawn',
    default: FULL_OVERLAY_DEFAULTS.background,
    group: pictures,
  },
  chunkSize: {
    type: 'number',
    describe: 'of --full-overlay: pixels across that are read at once',
    default: FULL_OVERLAY_DEFAULTS.chunkSize,
    group: pictures,
  },
  onBadTile: {
    type: 'string',
    choices: ['fail', 'white'],
    describe: "of --full-overlay, a stored tile that can't be read: stop, or paint it white and count it",
    default: FULL_OVERLAY_DEFAULTS.onBadTile,
    group: pictures,
  },
} as const satisfies OptionTable;
