import { ShortReadError } from '../../utils/errors.ts';

/** @throws ShortReadError where the range is not wholly inside the source, or is no range of whole bytes. */
export function checkRange(source: { name: string; size: number }, offset: number, length: number): void {
  const valid = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (!valid || offset + length > source.size) {
    throw new ShortReadError(source.name, { offset, length, size: source.size });
  }
}
