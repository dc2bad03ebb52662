import { TensorFileError } from '../../utils/errors.ts';
import type { TensorFile } from '../safetensors/parse-safetensors.ts';
import { toFloat32 } from '../safetensors/to-float32.ts';
import { NATIVE_FORMAT } from './layouts/native.ts';
import type { SlideFeatures } from './slide-features.ts';
import { splitPlaces } from './split-places.ts';

/** What a native file says beside its tensors; all of it is looked at before it is believed. */
interface NativeFacts {
  readonly slide?: unknown;
  readonly width?: unknown;
  readonly height?: unknown;
  readonly mpp?: unknown;
  readonly patch?: { readonly span?: unknown };
  readonly model?: { readonly name?: unknown };
}

/** @throws TensorFileError where the file has no features */
export function readNativeFeatures(
  { path, name }: { readonly path: string; readonly name: string },
  { tensors, metadata }: TensorFile,
): SlideFeatures {
  const features = tensors.get('features');
  const [count, dim, ...more] = features?.shape ?? [];
  if (!features || count === undefined || dim === undefined || more.length > 0)
    throw new TensorFileError(path, 'it has no features [count, dim]', {
      hint: `give a file of \`slideloom embed\` (${NATIVE_FORMAT}), or one of CLAM, TRIDENT or STAMP`,
    });
  const facts = Object.fromEntries(Object.entries(metadata).map(([key, text]) => [key, parseFact(key, text)]));
  const { slide, width, height, mpp, patch, model }: NativeFacts = facts;
  const [corners, microns] = ['coords', 'microns'].map((key) => tensors.get(key)?.data);
  const { x, y } = corners ? splitPlaces(corners) : {};
  const { x: micronsX, y: micronsY } = microns ? splitPlaces(microns) : {};
  return {
    ...{ layout: 'native', slide: typeof slide === 'string' ? slide : name, count, dim },
    ...{ features: toFloat32(features), x, y, micronsX, micronsY, patchSize: toPair(patch?.span), mpp: toPair(mpp) },
    slideWidth: typeof width === 'number' ? width : undefined,
    slideHeight: typeof height === 'number' ? height : undefined,
    model: typeof model?.name === 'string' ? model.name : undefined,
    facts,
  };
}

/** Names stand as they are, everything else as JSON; what is neither is left as text. */
function parseFact(key: string, text: string): unknown {
  if (key === 'format' || key === 'slide') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function toPair(value: unknown): { x: number; y: number } | undefined {
  const { x, y } = (value ?? {}) as { x?: unknown; y?: unknown };
  return typeof x === 'number' && typeof y === 'number' ? { x, y } : undefined;
}
