import { cohortPart } from './cohort/part.tsx';
import { comparePart } from './compare/part.tsx';
import { editPart } from './edit/part.tsx';
import { layersPart } from './layers/part.tsx';
import type { PagePart } from './part.ts';
import { picturePart } from './picture/part.tsx';
import { viewsPart } from './views/part.tsx';

/** In the order of their panels. */
export const PARTS: readonly PagePart[] = [cohortPart, layersPart, viewsPart, editPart, comparePart, picturePart];
