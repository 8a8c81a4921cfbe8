import type { Node } from 'jsonc-parser';

/** Where a value stands in a text: line and column, counted from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/**
 * Returns the position of the value that a path names, or of the nearest value around it that is there. Nothing when
 * the text cannot be read.
 */
export async function positionOf(text: string, path: readonly PropertyKey[]): Promise<TextPosition | undefined> {
  const { findNodeAtLocation, parseTree } = await import('jsonc-parser');
  const tree = parseTree(text.startsWith('\uFEFF') ? text.slice(1) : text, [], { allowTrailingComma: true });
  if (tree === undefined) return undefined;
  const steps = path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  let node: Node | undefined;
  for (let length = steps.length; node === undefined && length > 0; length -= 1) {
    node = findNodeAtLocation(tree, steps.slice(0, length));
  }
  const before = text.slice(0, (node ?? tree).offset);
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
}
