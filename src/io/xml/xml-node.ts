/** An element of an XML document. Names are without their namespace prefix; text and attributes have entities decoded. */
export interface XmlNode {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Elements only, in document order. */
  readonly children: readonly XmlNode[];
  /** The text directly inside, pieces joined, trimmed; empty where there is none. */
  readonly text: string;
}

/** The first child of that name. */
export function findChild(node: XmlNode | undefined, name: string): XmlNode | undefined {
  return node?.children.find((child) => child.name === name);
}

/** All children of that name, in order. */
export function findChildren(node: XmlNode | undefined, name: string): XmlNode[] {
  return node?.children.filter((child) => child.name === name) ?? [];
}

/** The first element of that name below `node` at any depth, in document order; `node` itself does not count. */
export function findDescendant(node: XmlNode | undefined, name: string): XmlNode | undefined {
  for (const child of node?.children ?? []) {
    const found = child.name === name ? child : findDescendant(child, name);
    if (found) return found;
  }
  return undefined;
}
