/** Numbers of the HDF5 format that its writer and its reader share. Source: the HDF5 File Format Specification, version 3. */

/** An address that says "nowhere". */
export const NOWHERE = 0xffff_ffff_ffff_ffffn;
/** As a dimension's limit: it may grow. */
export const UNLIMITED = 0xffff_ffff_ffff_ffffn;

export const SIGNATURE = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);

/** Kinds of messages in the header of an object. */
export const MESSAGE = {
  dataspace: 0x01,
  link: 0x06,
  datatype: 0x03,
  fillValue: 0x05,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
} as const;

/** Classes of datatypes. */
export const TYPE_CLASS = { integer: 0, float: 1, text: 3, variable: 9 } as const;
