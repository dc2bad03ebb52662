import { realpath } from 'node:fs/promises';
import { isRemoteUrl } from '../io/source/remote-address.ts';
import { openSlide } from '../slide/open-slide.ts';
import type { Slide } from '../slide/slide.ts';
import { SourceError } from '../utils/errors.ts';
import type { SlideAddress } from './render/picture-job.ts';
import { createShelf, type Shelf } from './shelf.ts';

/** Slides of one thread. */
export type SlideShelf = Shelf<SlideAddress, Slide>;

export function createSlideShelf(maxOpen: number): SlideShelf {
  return createShelf(maxOpen, openServed);
}

/** @throws SourceError where a link or another file has taken its place; what opening throws */
export async function openServed({ address, options, identity }: SlideAddress): Promise<Slide> {
  if (!isRemoteUrl(address)) await checkUnmoved(address);
  const slide = await openSlide(address, options);
  if (!identity || hasIdentity(slide, identity)) return slide;
  await slide[Symbol.asyncDispose]();
  throw new SourceError(address, 'another file has taken its place');
}

/** Whether the slide is of the file that was opened first. */
export function hasIdentity({ identity: own }: Slide, first: Slide['identity']): boolean {
  return own.size === first.size && own.mtimeMs === first.mtimeMs && own.etag === first.etag;
}

/** A link put in a file's place since it was found might lead anywhere. @throws SourceError */
export async function checkUnmoved(path: string): Promise<void> {
  const real = await realpath(path).catch((cause: unknown) => {
    throw new SourceError(path, 'it is no longer there', { cause });
  });
  if (real !== path) throw new SourceError(path, 'a link has taken its place');
}
