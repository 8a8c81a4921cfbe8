import type { Node, ParseError, parseTree as ParseTree } from 'jsonc-parser';
import { positionsOfOffsets, type TextPosition } from '../store/text-position.ts';

/** What is left of the text of a state file: its values, where they stand, and whether they are whole. */
export interface StateSource {
  /** The object that the file is; nothing when it is none. */
  readonly root: Node | undefined;
  /** The first place that cannot be read, and why. */
  readonly fault: { readonly at: TextPosition; readonly what: string } | undefined;
  readonly at: (node: Node) => TextPosition;
  /** Tells whether a value has come down to us to its end, with no fault in it. */
  readonly isWhole: (node: Node) => boolean;
  /** Returns the whole records that stand within a node that is not whole, or anywhere in the text. */
  readonly recordsWithin: (node?: Node) => readonly Node[];
  /** The version that the file gives itself, however torn it is. */
  readonly version: number | undefined;
}

/** Reads a text as far as it can be read. */
export async function stateSource(text: string): Promise<StateSource> {
  const { parseTree, printParseErrorCode } = await import('jsonc-parser');
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const errors: ParseError[] = [];
  const tree = readTree(() => parseTree(body, errors, { allowTrailingComma: true }));
  const locate = positionsOfOffsets(body);
  const first = errors[0];
  return {
    root: tree?.type === 'object' ? tree : undefined,
    fault: first === undefined ? undefined : { at: locate(first.offset), what: printParseErrorCode(first.error) },
    at: ({ offset }) => locate(offset),
    isWhole: (node) => isWhole(node, body, errors),
    recordsWithin: (node = { type: 'array', offset: -1, length: body.length + 1 }) =>
      recordsWithin(node, body, parseTree),
    version: versionIn(body),
  };
}

function versionIn(body: string): number | undefined {
  const digits = /"schema_version"\s*:?\s*(\d+)\s*[,}]/.exec(body)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** How a record begins, as the programs write it. */
const RECORD_START = /\{\s*"task_id"\s*:/g;

/** After a fault the parser takes what follows for a part of what was cut: each record is read by itself. */
function recordsWithin(torn: Node, body: string, parseTree: typeof ParseTree): Node[] {
  const end = torn.length < 2 ? body.length : torn.offset + torn.length;
  const found: Node[] = [];
  const starts = new RegExp(RECORD_START);
  starts.lastIndex = torn.offset + 1;
  for (let match = starts.exec(body); match !== null && match.index < end; match = starts.exec(body)) {
    const rest = body.slice(match.index, end);
    const errors: ParseError[] = [];
    const node = parseTree(rest, errors, { allowTrailingComma: true });
    if (node === undefined || !isWhole(node, rest, errors)) continue;
    starts.lastIndex = match.index + node.length;
    found.push(movedBy(node, match.index));
  }
  return found;
}

function movedBy(node: Node, by: number): Node {
  const children = node.children?.map((child) => movedBy(child, by));
  return { ...node, offset: node.offset + by, ...(children === undefined ? {} : { children }) };
}

function readTree(read: () => Node | undefined): Node | undefined {
  try {
    return read();
  } catch (error) {
    // The parser calls itself for each level: no state file is nested so deep.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function isWhole(node: Node, body: string, errors: readonly ParseError[]): boolean {
  const end = node.offset + node.length;
  if (node.type === 'object' || node.type === 'array') {
    // The parser gives no length to what is never closed.
    if (node.length < 2 || body[end - 1] !== (node.type === 'object' ? '}' : ']')) return false;
    return !errors.some(({ offset }) => offset > node.offset && offset < end);
  }
  // A number or word that ends where the fault begins may be the beginning of a longer one.
  return !errors.some(({ offset }) => offset >= node.offset && offset <= end);
}

/** Returns the properties of an object: the value's node by key, the last one where a key stands twice. */
export function propertiesOf(object: Node): ReadonlyMap<string, Node> {
  const properties = new Map<string, Node>();
  for (const { type, children } of object.children ?? []) {
    const [key, value] = children ?? [];
    if (type === 'property' && value !== undefined) properties.set(String(key?.value), value);
  }
  return properties;
}

/** A value that no reader takes, and what it is. */
export interface RefusedValue {
  readonly node: Node;
  readonly what: string;
}

/** Deeper than this within a field nothing is kept: a file as a whole may be nested a little deeper. */
const DEEPEST = 190;

/** Returns the values within a node that are refused when a file is read: by their key, or by their depth. */
export function refusedValues(node: Node, depth = 0): readonly RefusedValue[] {
  if (depth > DEEPEST && (node.children?.length ?? 0) > 0) return [{ node, what: 'a value nested too deep' }];
  const own = node.children ?? [];
  if (node.type === 'property' && own[0]?.value === '__proto__') {
    return own.slice(1).map((value) => ({ node: value, what: 'a key named __proto__' }));
  }
  return own.flatMap((child) => refusedValues(child, node.type === 'property' ? depth : depth + 1));
}

/** Returns the value of a whole node without the refused ones; half a surrogate pair becomes the mark for no character. */
export function valueOf(node: Node, depth = 0): unknown {
  if (depth > DEEPEST && (node.children?.length ?? 0) > 0) return null;
  if (node.type === 'array') return (node.children ?? []).map((item) => valueOf(item, depth + 1));
  if (node.type === 'string') return String(node.value).toWellFormed();
  if (node.type !== 'object') return node.value as unknown;
  const entries = [...propertiesOf(node)].filter(([key]) => key !== '__proto__');
  return Object.fromEntries(entries.map(([key, value]) => [key.toWellFormed(), valueOf(value, depth + 1)]));
}
