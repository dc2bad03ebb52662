import sharp from 'sharp';

/**
 * The one door to sharp. It is imported where it is used, `await import(...)`: most runs never need it, and loading it
 * takes 25 MB. Its operation cache creeps (183 → 324 MB over 3,000 reads, measured) and its own thread pool
 * fights with ours, so both are off for the whole process.
 */
sharp.cache(false);
sharp.concurrency(1);

export { sharp };
