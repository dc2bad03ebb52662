import { CodecError } from '../utils/errors.ts';

/** First of the eight restart markers, FFD0 to FFD7, which follow each other in a circle. */
const FIRST_RESTART = 0xd0;

/**
 * A standalone JPEG of one restart interval of a larger one: `head`, its data, end of image.
 * @param stored the interval as the file has it, from 2 bytes before its data on: the restart marker, which only the first
 *   interval goes without.
 * @param index of the interval in its stream, from 0
 * @throws CodecError where the marker is not there
 */
export function createIntervalJpeg(head: Uint8Array, stored: Uint8Array, index: number): Uint8Array {
  const data = getIntervalData(stored, index);
  const jpeg = new Uint8Array(head.length + data.length + 2);
  jpeg.set(head);
  jpeg.set(data, head.length);
  jpeg.set([0xff, 0xd9], head.length + data.length);
  return jpeg;
}

/** The entropy-coded data of an interval, without markers: see `createIntervalJpeg`. @throws CodecError */
export function getIntervalData(stored: Uint8Array, index: number): Uint8Array {
  const marker = FIRST_RESTART + ((index + 7) % 8);
  if (index > 0 && (stored[0] !== 0xff || stored[1] !== marker))
    throw new CodecError('jpeg', `restart marker FF${marker.toString(16).toUpperCase()} is not where it should be`);
  const { length } = stored;
  const ended = length >= 4 && stored[length - 2] === 0xff && stored[length - 1] === 0xd9;
  return stored.subarray(2, ended ? length - 2 : length);
}

/** A place in the file of an interval's bytes. @throws CodecError where none is known: NaN stands for it */
export function checkIntervalPlace(offset: number, length: number): void {
  if (offset > 0 && length >= 2) return;
  throw new CodecError(
    'jpeg',
    'a restart marker of the stream is missing or out of order: where this tile lies is unknown',
  );
}
