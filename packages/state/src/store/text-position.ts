import type { Node } from 'jsonc-parser';

/** Where a value stands in a text: line and column, counted from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** Finds the position of the value that a path names, or of the nearest value around it that is there. */
export type PositionFinder = (path: readonly PropertyKey[]) => TextPosition | undefined;

/**
 * Reads a text once and returns the finder of its values; one that always finds nothing when the text cannot be read.
 */
export async function positionsIn(text: string): Promise<PositionFinder> {
  const { findNodeAtLocation, parseTree } = await import('jsonc-parser');
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const tree = parseTree(body, [], { allowTrailingComma: true });
  if (tree === undefined) return () => undefined;
  const locate = positionsOfOffsets(body);
  return (path) => {
    const steps = path.map((step) => (typeof step === 'symbol' ? String(step) : step));
    let node: Node | undefined;
    for (let length = steps.length; node === undefined && length > 0; length -= 1) {
      node = findNodeAtLocation(tree, steps.slice(0, length));
    }
    return locate((node ?? tree).offset);
  };
}

/**
 * Returns the position of the value that a path names, or of the nearest value around it that is there; nothing when there
 * is none. It keeps nothing of the text: what `positionsIn` makes of a hundred thousand records would take a gigabyte.
 */
export async function positionOf(text: string, path: readonly PropertyKey[]): Promise<TextPosition | undefined> {
  const { visit } = await import('jsonc-parser');
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const steps = path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  let [found, depth] = [-1, -1];
  const look = (offset: number, placeOf: () => (string | number)[]) => {
    if (depth === steps.length) return;
    const place = placeOf();
    if (place.length <= depth || place.length > steps.length) return;
    if (place.every((step, index) => step === steps[index])) [found, depth] = [offset, place.length];
  };
  visit(
    body,
    {
      onObjectBegin: (offset, _length, _line, _column, placeOf) => look(offset, placeOf),
      onArrayBegin: (offset, _length, _line, _column, placeOf) => look(offset, placeOf),
      onLiteralValue: (_value, offset, _length, _line, _column, placeOf) => look(offset, placeOf),
    },
    { allowTrailingComma: true },
  );
  return found === -1 ? undefined : positionsOfOffsets(body)(found);
}

/** Returns what finds line and column of an offset; the text has no byte order mark. */
export function positionsOfOffsets(body: string): (offset: number) => TextPosition {
  const starts = [0];
  for (let at = body.indexOf('\n'); at !== -1; at = body.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
