import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from './alternate.mjs';

/**
 * Features of both sides, row by row: both have the patches in the order of the list.
 * @param array file of `numpy.save`, float32 [rows, columns]
 * @param folder with our one .safetensors file
 * @returns the largest difference, to how far the peer's features are apart: the root of their mean variance over the patches
 * @throws BenchError where they are not as many
 */
export function compareFeatures(array, folder) {
  const theirs = readArray(array);
  const ours = readFeatures(join(folder, readdirSync(folder).find((name) => name.endsWith('.safetensors')) ?? ''));
  if (`${theirs.shape}` !== `${ours.shape}`)
    throw new BenchError(`the sides have other features: ${theirs.shape} and ${ours.shape}`);
  let difference = 0;
  for (let at = 0; at < theirs.data.length; at += 1)
    difference = Math.max(difference, Math.abs(theirs.data[at] - ours.data[at]));
  const [rows, columns] = theirs.shape;
  return { difference: difference / measureSpread(theirs), rows, columns };
}

function measureSpread({ data, shape: [rows, columns] }) {
  let sum = 0;
  for (let column = 0; column < columns; column += 1) {
    const values = Array.from({ length: rows }, (_, at) => data[at * columns + column]);
    const mean = values.reduce((total, one) => total + one, 0) / rows;
    sum += values.reduce((total, one) => total + (one - mean) ** 2, 0) / rows;
  }
  return Math.sqrt(sum / columns);
}

/** NPY version 1: magic, version, two bytes of length, a header in Python's words, the values. */
function readArray(path) {
  const bytes = readFileSync(path);
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, start);
  const shape = /'shape': \((\d+), (\d+)\)/.exec(header)?.slice(1).map(Number);
  if (!shape || !header.includes("'<f4'") || !header.includes("'fortran_order': False"))
    throw new BenchError(`${path} is no array of floats: ${header.trim()}`);
  return { shape, data: toFloats(bytes.subarray(start)) };
}

function readFeatures(path) {
  const bytes = readFileSync(path);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const { features } = JSON.parse(bytes.toString('utf8', 8, start));
  const [from, to] = features.data_offsets;
  return { shape: features.shape, data: toFloats(bytes.subarray(start + from, start + to)) };
}

function toFloats(bytes) {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}
