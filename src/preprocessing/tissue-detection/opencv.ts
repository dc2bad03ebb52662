/**
 * The one door to opencv-wasm, used for contours: their areas, their nesting, their filling. It is loaded on first use
 * (about 150 ms and a 134 MB heap that grows to 1 GB and never shrinks), so methods that do without it never pay.
 *
 * Its objects live in that heap and must be deleted by hand: they exist only inside `withOpenCv`, whose scope deletes
 * every one, also after an error. Plain arrays go in and come out.
 */
import { createRequire } from 'node:module';
import type { Plane } from './kernels/plane.ts';

/** As `cv2.findContours` gives them without approximation: every boundary pixel's centre, in integer pixels. */
export interface Contours {
  /** x0, y0, x1, y1 ... of each contour. */
  readonly points: readonly Int32Array[];
  /** Four numbers a contour: next and previous sibling, first child, parent; -1 for none. */
  readonly hierarchy: Int32Array;
  /** Area inside the polygon through the pixel centres. */
  readonly areas: Float64Array;
}

/** What can be done inside `withOpenCv`. */
export interface OpenCvScope {
  /** `ccomp`: outer boundaries and their holes; `tree`: nested to any depth. */
  findContours(mask: Plane, mode: 'ccomp' | 'tree'): Contours;
  /** Fills each contour, its boundary pixels included, with `value`, in place. */
  fillContours(mask: Plane, contours: readonly Int32Array[], value: 0 | 1): void;
}

/** Runs `work`, deletes what it made, and turns OpenCV's bare numbers into errors. `work` must not be async. */
export async function withOpenCv<T>(work: (scope: OpenCvScope) => T): Promise<T> {
  const { cv, cvTranslateError } = loadPackage();
  const owned: Deletable[] = [];
  const keep = <D extends Deletable>(object: D): D => {
    owned.push(object);
    return object;
  };
  try {
    return work({
      findContours: (mask, mode) => findContours({ cv, keep }, mask, mode),
      fillContours: (mask, contours, value) => fillContours({ cv, keep }, { mask, contours, value }),
    });
  } catch (error) {
    throw typeof error === 'number'
      ? new Error(`OpenCV failed: ${cvTranslateError(cv, error)}`, { cause: error })
      : error;
  } finally {
    for (const object of owned.reverse()) object.delete();
  }
}

interface Session {
  readonly cv: Cv;
  keep<D extends Deletable>(object: D): D;
}

function findContours({ cv, keep }: Session, mask: Plane, mode: 'ccomp' | 'tree'): Contours {
  const image = keep(new cv.Mat(mask.height, mask.width, cv.CV_8UC1));
  image.data.set(mask.data);
  const found = keep(new cv.MatVector());
  const hierarchy = keep(new cv.Mat());
  cv.findContours(image, found, hierarchy, mode === 'ccomp' ? cv.RETR_CCOMP : cv.RETR_TREE, cv.CHAIN_APPROX_NONE);
  const count = found.size();
  const points: Int32Array[] = [];
  const areas = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const contour = found.get(i);
    try {
      points.push(Int32Array.from(contour.data32S));
      areas[i] = cv.contourArea(contour);
    } finally {
      contour.delete();
    }
  }
  return { points, areas, hierarchy: Int32Array.from(count > 0 ? hierarchy.data32S : []) };
}

function fillContours(
  { cv, keep }: Session,
  job: { mask: Plane; contours: readonly Int32Array[]; value: 0 | 1 },
): void {
  const { mask, contours, value } = job;
  if (contours.length === 0) return;
  const image = keep(new cv.Mat(mask.height, mask.width, cv.CV_8UC1));
  image.data.set(mask.data);
  const vector = keep(new cv.MatVector());
  for (const contour of contours) {
    const points = keep(new cv.Mat(contour.length / 2, 1, cv.CV_32SC2));
    points.data32S.set(contour);
    vector.push_back(points);
  }
  for (let i = 0; i < contours.length; i++) cv.drawContours(image, vector, i, [value, 0, 0, 0], cv.FILLED);
  mask.data.set(image.data);
}

interface Deletable {
  delete(): void;
}

interface CvMat extends Deletable {
  readonly data: Uint8Array;
  readonly data32S: Int32Array;
}

interface CvMatVector extends Deletable {
  size(): number;
  get(index: number): CvMat;
  push_back(mat: CvMat): void;
}

/** The part of the package that is used; its own types are `any`. */
interface Cv {
  readonly Mat: new (rows?: number, columns?: number, type?: number) => CvMat;
  readonly MatVector: new () => CvMatVector;
  readonly CV_8UC1: number;
  readonly CV_32SC2: number;
  readonly RETR_CCOMP: number;
  readonly RETR_TREE: number;
  readonly CHAIN_APPROX_NONE: number;
  readonly FILLED: number;
  findContours(image: CvMat, contours: CvMatVector, hierarchy: CvMat, mode: number, method: number): void;
  contourArea(contour: CvMat): number;
  drawContours(image: CvMat, contours: CvMatVector, index: number, color: number[], thickness: number): void;
}

interface OpenCvPackage {
  readonly cv: Cv;
  cvTranslateError(cv: Cv, error: unknown): unknown;
}

const FATAL_EVENTS = ['uncaughtException', 'unhandledRejection'] as const;
let loaded: OpenCvPackage | undefined;

/**
 * Loading installs process listeners that abort on any stray rejection; those are taken away again. `require` and not
 * `import()`: it is synchronous, so nobody else's listener can slip in between, and `cv` has a `then`, which a promise
 * would call and never settle.
 */
function loadPackage(): OpenCvPackage {
  if (loaded) return loaded;
  const before = FATAL_EVENTS.map((event) => new Set<unknown>(process.rawListeners(event)));
  const opencv = createRequire(import.meta.url)('opencv-wasm') as OpenCvPackage;
  FATAL_EVENTS.forEach((event, i) => {
    for (const listener of process.rawListeners(event))
      if (!before[i]?.has(listener)) process.removeListener(event, listener as () => void);
  });
  loaded = opencv;
  return opencv;
}
