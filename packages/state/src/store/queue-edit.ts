import type { Edit, Node } from 'jsonc-parser';
import { plainTaskList, type Place, type TaskPlaces } from './plain-task-list.ts';

/**
 * Edits of the text of a queue file that touch one element of `tasks` and leave every other byte. jsonc-parser's own
 * `modify` takes the comments around a removed element with it, and the bracket after the last one of a compact list.
 */

const TOLERANT = { allowTrailingComma: true, disallowComments: false } as const;

interface TaskTree extends TaskPlaces {
  readonly elements: readonly Node[];
}

/** Returns the text of a queue file without tasks. */
export function newQueueText(): string {
  return `${JSON.stringify({ version: 1, tasks: [] }, null, 2)}\n`;
}

/** Returns the sources of the elements at some indexes, without the indentation that their place gives them. */
export async function elementTexts(text: string, indexes: readonly number[]): Promise<string[]> {
  const { elements } = await taskList(text);
  return indexes.map((index) => {
    const { offset, length } = elementAt(elements, index);
    return text.slice(offset, offset + length).replaceAll(`\n${indentBefore(text, offset)}`, '\n');
  });
}

/** Returns the text without the elements at some indexes: the comments around them stay. */
export async function withoutElements(text: string, indexes: readonly number[]): Promise<string> {
  const { elements } = await taskList(text);
  const gone = new Set(indexes);
  const edits: Edit[] = [];
  let lastHasComma = true;
  for (const index of gone) {
    const node = elementAt(elements, index);
    const end = node.offset + node.length;
    const comma = await commaAfter(text, end);
    if (comma === undefined) lastHasComma = false;
    // A comment between the element and its comma stays, and so two edits are needed.
    if (comma !== undefined && text.slice(end, comma).trim() === '')
      edits.push(wholeLine(text, node.offset, comma + 1));
    else edits.push(wholeLine(text, node.offset, end), ...(comma === undefined ? [] : [removalOf(comma)]));
  }
  const kept = lastHasComma ? undefined : elements.findLast((_element, index) => !gone.has(index));
  const comma = kept === undefined ? undefined : await commaAfter(text, kept.offset + kept.length);
  return edited(text, comma === undefined ? edits : [...edits, removalOf(comma)]);
}

function removalOf(comma: number): Edit {
  return { offset: comma, length: 1, content: '' };
}

/** Applies edits that do not overlap in one go; the library's own way copies the text for each of them. */
function edited(text: string, edits: readonly Edit[]): string {
  let result = '';
  let done = 0;
  for (const { offset, length, content } of edits.toSorted((a, b) => a.offset - b.offset)) {
    result += text.slice(done, offset) + content;
    done = offset + length;
  }
  return result + text.slice(done);
}

/** Returns the text with more elements at the end of the list, laid out as the others are. */
export async function withElements(text: string, added: readonly string[]): Promise<string> {
  const { applyEdits } = await import('jsonc-parser');
  const { list, elements, bracket } = await taskList(text);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const last = elements.at(-1);
  const edits: Edit[] = [];
  if (last !== undefined && (await commaAfter(text, last.offset + last.length)) === undefined) {
    edits.push({ offset: last.offset + last.length, length: 0, content: ',' });
  }
  const outer = indentBefore(text, list.offset);
  const first = elements[0];
  const inner = first !== undefined && startsLine(text, first.offset) ? indentBefore(text, first.offset) : `${outer}  `;
  const lines = `${added.map((each) => `${inner}${each.replaceAll(/\r?\n/g, `${eol}${inner}`)}`).join(`,${eol}`)}${eol}`;
  if (startsLine(text, bracket)) {
    edits.push({ offset: lineStart(text, bracket), length: 0, content: lines });
  } else {
    const blank = blanksBefore(text, bracket);
    edits.push({ offset: bracket - blank, length: blank, content: `${eol}${lines}${outer}` });
  }
  return applyEdits(text, edits);
}

/** Returns the text with more elements before all others, laid out as those are; the comments around them stay theirs. */
export async function withElementsFirst(text: string, added: readonly string[]): Promise<string> {
  const { list, elements } = await taskList(text);
  const [first] = elements;
  if (first === undefined) return withElements(text, added);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const isLaidOut = startsLine(text, first.offset);
  const inner = isLaidOut ? indentBefore(text, first.offset) : `${indentBefore(text, list.offset)}  `;
  const lines = added.map((each) => `${eol}${inner}${each.replaceAll(/\r?\n/g, `${eol}${inner}`)},`).join('');
  return edited(text, [{ offset: list.offset + 1, length: 0, content: isLaidOut ? lines : `${lines}${eol}${inner}` }]);
}

/** Returns the source of an object with some of its properties set. */
export async function withProperties(element: string, properties: Readonly<Record<string, string>>): Promise<string> {
  const { applyEdits, modify } = await import('jsonc-parser');
  const layout = element.includes('\n') ? { formattingOptions: { insertSpaces: true, tabSize: 2, eol: '\n' } } : {};
  let text = element;
  for (const [name, value] of Object.entries(properties)) text = applyEdits(text, modify(text, [name], value, layout));
  return text;
}

/** Finds the list of tasks in the text of a queue file. */
async function taskList(text: string): Promise<TaskPlaces> {
  return plainTaskList(text) ?? taskTree(text);
}

/** Finds the list of tasks in the text of a queue file, with all that is in them. */
export async function taskTree(text: string): Promise<TaskTree> {
  const { findNodeAtLocation, parseTree } = await import('jsonc-parser');
  const tree = parseTree(text, [], TOLERANT);
  const list = tree === undefined ? undefined : findNodeAtLocation(tree, ['tasks']);
  if (list?.type !== 'array') throw new Error('a queue text without a list of tasks was to be edited');
  return { list, elements: list.children ?? [], bracket: list.offset + list.length - 1 };
}

/** Returns the element at an index. */
export function elementAt<T extends Place>(elements: readonly T[], index: number): T {
  const node = elements[index];
  if (node === undefined) throw new Error(`a queue text has no task number ${index}`);
  return node;
}

/** Finds the comma that comes next, passing over comments; nothing when something else does. */
export async function commaAfter(text: string, offset: number): Promise<number | undefined> {
  const { createScanner } = await import('jsonc-parser');
  const scanner = createScanner(text, true);
  scanner.setPosition(offset);
  scanner.scan();
  return text[scanner.getTokenOffset()] === ',' ? scanner.getTokenOffset() : undefined;
}

/** Removes a range, and its line with it where nothing else stands on it. */
function wholeLine(text: string, from: number, to: number): Edit {
  const rest = /^[ \t]*\r?\n/.exec(text.slice(to))?.[0];
  if (rest !== undefined && startsLine(text, from)) {
    const start = lineStart(text, from);
    return { offset: start, length: to + rest.length - start, content: '' };
  }
  const blank = /^[ \t]*/.exec(text.slice(to))?.[0].length ?? 0;
  return { offset: from, length: to + blank - from, content: '' };
}

/** Returns the offset at which the line of an offset begins. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Tells whether nothing but blanks stands before an offset in its line, which is not the first. */
export function startsLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === '' && lineStart(text, offset) > 0;
}

/** Counts the blanks right before an offset. A pattern that ends in `$` would begin anew at each of them. */
function blanksBefore(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && (text[start - 1] === ' ' || text[start - 1] === '\t')) start -= 1;
  return offset - start;
}

/** Returns the blanks with which the line of an offset begins. */
export function indentBefore(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))?.[0] ?? '';
}
