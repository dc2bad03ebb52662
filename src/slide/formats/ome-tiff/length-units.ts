/** Units of length in OME-XML (UnitsLength), in µm; written as NFKC has them, which makes one of the two µ and two Å. */
const MICRONS: Readonly<Record<string, number>> = {
  km: 1e9,
  m: 1e6,
  dm: 1e5,
  cm: 1e4,
  mm: 1e3,
  μm: 1,
  um: 1,
  micron: 1,
  microns: 1,
  nm: 1e-3,
  pm: 1e-6,
  Å: 1e-4,
  in: 25_400,
  inch: 25_400,
  thou: 25.4,
  ft: 304_800,
  yd: 914_400,
  pt: 25_400 / 72,
};

/** A length in µm; undefined for one that is no positive number, or in a unit that is no length ("pixel"). */
export function toMicrons(value: string | undefined, unit = 'µm'): number | undefined {
  const name = unit.trim().normalize('NFKC');
  const factor = Object.hasOwn(MICRONS, name) ? MICRONS[name] : undefined;
  const length = Number(value?.trim() || Number.NaN) * (factor ?? Number.NaN);
  return Number.isFinite(length) && length > 0 ? length : undefined;
}
