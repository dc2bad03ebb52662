/**
 * What there is to say of each format in a table: README.md, docs/formats/README.md and `slideloom formats` show it. Plain data:
 * naming a format loads none of its code.
 */
export interface FormatFacts {
  /** Of the `SlideFormat`; of OpenSlide's vendor where only OpenSlide reads it. */
  readonly name: string;
  readonly title: string;
  /** How such files are usually called; they are recognised by their content. */
  readonly extensions: readonly string[];
  /** What is recognised. */
  readonly takes: string;
  /**
   * `real files`: files that scanners or other programs wrote. `built files`: only such as the tests build by the published
   * layout, as no real one was found.
   */
  readonly proof: 'real files' | 'built files' | 'none';
  /** Whose pixels ours were compared with, or what else the proof is. */
  readonly reference: string;
  /** The file in docs/formats. */
  readonly page: string;
}

/** In the order in which formats are asked (formats.ts). */
export const FORMAT_FACTS: readonly FormatFacts[] = [
  {
    name: 'aperio',
    title: 'Aperio SVS',
    extensions: ['.svs'],
    takes: 'tiled TIFF whose first description starts with `Aperio`',
    proof: 'real files',
    reference: 'OpenSlide, tifffile; JPEG 2000 on built files',
    page: 'aperio.md',
  },
  {
    name: 'hamamatsu',
    title: 'Hamamatsu NDPI',
    extensions: ['.ndpi'],
    takes: 'TIFF with tag 65420, one JPEG a page',
    proof: 'real files',
    reference: 'OpenSlide, tifffile',
    page: 'hamamatsu.md',
  },
  {
    name: 'philips',
    title: 'Philips TIFF',
    extensions: ['.tiff'],
    takes: 'TIFF of the Software `Philips` with XML of the type `DPUfsImport`',
    proof: 'built files',
    reference: 'OpenSlide',
    page: 'philips.md',
  },
  {
    name: 'leica',
    title: 'Leica SCN',
    extensions: ['.scn'],
    takes: "BigTIFF with Leica's XML of a collection of scanned regions",
    proof: 'built files',
    reference: 'OpenSlide',
    page: 'leica-scn.md',
  },
  {
    name: 'ventana',
    title: 'Ventana and Roche BIF',
    extensions: ['.bif', '.tif'],
    takes: 'BigTIFF with `iScan` in tag 700; overlapping tiles',
    proof: 'built files',
    reference: 'OpenSlide; the published rules alone for DP scanners',
    page: 'ventana.md',
  },
  {
    name: 'trestle',
    title: 'Trestle TIFF',
    extensions: ['.tif'],
    takes: 'TIFF of the Software `MedScan`; overlapping tiles',
    proof: 'built files',
    reference: 'OpenSlide',
    page: 'trestle.md',
  },
  {
    name: 'dicom',
    title: 'DICOM whole slide microscopy',
    extensions: ['.dcm'],
    takes: 'a file, with those of its series beside it, or their folder',
    proof: 'real files',
    reference: 'pydicom, imagecodecs, Pillow, raw frames',
    page: 'dicom.md',
  },
  {
    name: 'qptiff',
    title: 'PerkinElmer and Akoya QPTIFF',
    extensions: ['.qptiff'],
    takes: 'TIFF whose first description is their XML',
    proof: 'built files',
    reference: 'compared with no other reader',
    page: 'qptiff.md',
  },
  {
    name: 'ome-tiff',
    title: 'OME-TIFF',
    extensions: ['.ome.tiff', '.ome.tif', '.companion.ome'],
    takes: 'TIFF whose first description is OME-XML, or the companion file of a set',
    proof: 'real files',
    reference: 'the card they were made of, tifffile, geotiff',
    page: 'ome-tiff.md',
  },
  {
    name: 'ome-zarr',
    title: 'OME-Zarr',
    extensions: ['.zarr', '.ome.zarr'],
    takes: 'folder or address with NGFF 0.4 (Zarr v2) or 0.5 (Zarr v3)',
    proof: 'real files',
    reference: 'imagecodecs, zarr-python; NGFF metadata on built folders',
    page: 'ome-zarr.md',
  },
  {
    name: 'generic-tiff',
    title: 'any other TIFF, BigTIFF, COG',
    extensions: ['.tif', '.tiff', '.btf'],
    takes: 'TIFF that no vendor above takes, tiled or in strips',
    proof: 'real files',
    reference: 'OpenSlide, tifffile, Pillow, libtiff',
    page: 'generic-tiff.md',
  },
  {
    name: 'image',
    title: 'plain images',
    extensions: ['.jpg', '.png', '.webp'],
    takes: 'JPEG, PNG or WebP, as one level',
    proof: 'real files',
    reference: 'Pillow, the pixels that were stored',
    page: 'image.md',
  },
];

/** Read where OpenSlide is installed, and only there. */
export const OPENSLIDE_FACTS: readonly FormatFacts[] = [
  {
    name: 'mirax',
    title: 'MIRAX',
    extensions: ['.mrxs'],
    takes: 'the index file beside its folder',
    proof: 'none',
    reference: 'rests on OpenSlide',
    page: 'openslide.md',
  },
  {
    name: 'hamamatsu-vms',
    title: 'Hamamatsu VMS and VMU',
    extensions: ['.vms', '.vmu'],
    takes: 'the index file beside its pictures',
    proof: 'built files',
    reference: 'the pixels of a VMS; nothing of VMU',
    page: 'openslide.md',
  },
  {
    name: 'sakura',
    title: 'Sakura',
    extensions: ['.svslide'],
    takes: 'what OpenSlide takes',
    proof: 'none',
    reference: 'rests on OpenSlide',
    page: 'openslide.md',
  },
  {
    name: 'zeiss',
    title: 'Zeiss CZI (OpenSlide 4)',
    extensions: ['.czi'],
    takes: 'what OpenSlide 4 takes',
    proof: 'none',
    reference: 'rests on OpenSlide 4',
    page: 'openslide.md',
  },
];
