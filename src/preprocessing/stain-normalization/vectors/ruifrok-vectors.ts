import type { Vector3 } from '../stain-method.ts';

/** Optical densities of R, G, B. Source: A. Ruifrok & D. Johnston, Anal. Quant. Cytol. Histol. 23 (2001) 291-299. */
export const RUIFROK_HAEMATOXYLIN: Vector3 = [0.65, 0.7, 0.29];
export const RUIFROK_EOSIN: Vector3 = [0.07, 0.99, 0.11];
export const RUIFROK_DAB: Vector3 = [0.27, 0.57, 0.78];
