/**
 * MIRAX and the index files of Hamamatsu's VMS and VMU: the slide lies in the files beside them. A `.mrxs` may itself be a
 * picture, a preview, which no reader of pictures must take for the slide.
 */
export function isForeignName(name: string): boolean {
  return /\.(mrxs|vms|vmu)$/i.test(name);
}
