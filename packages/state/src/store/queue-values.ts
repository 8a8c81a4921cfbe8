import type { Edit, Node } from 'jsonc-parser';
import { commaAfter, elementAt, indentBefore, lineStart, startsLine, taskTree } from './queue-edit.ts';

/** A value that a task is to have. */
export interface ValueChange {
  /** Of the task in its list. */
  readonly index: number;
  readonly name: string;
  readonly value: string;
}

/**
 * Returns the text of a queue file with values of its tasks set, and every other byte as it was. A property that is new
 * stands last in its task; a task gets one new property at most.
 */
export async function withValues(text: string, changes: readonly ValueChange[]): Promise<string> {
  if (changes.length === 0) return text;
  const { applyEdits } = await import('jsonc-parser');
  const { elements } = await taskTree(text);
  const edits: Edit[] = [];
  for (const { index, name, value } of changes) {
    const element = elementAt(elements, index);
    const old = valueNode(element, name);
    const content = JSON.stringify(value);
    if (old !== undefined) edits.push({ offset: old.offset, length: old.length, content });
    else edits.push(...(await additions(text, element, `${JSON.stringify(name)}: ${content}`)));
  }
  return applyEdits(text, edits);
}

/** Where a key stands twice, the last one counts. */
function valueNode(object: Node, name: string): Node | undefined {
  return object.children?.findLast(({ children }) => children?.[0]?.value === name)?.children?.[1];
}

async function additions(text: string, element: Node, property: string): Promise<Edit[]> {
  const last = element.children?.at(-1);
  if (last === undefined) return [{ offset: element.offset + 1, length: 0, content: property }];
  const end = last.offset + last.length;
  const brace = element.offset + element.length - 1;
  const comma = await commaAfter(text, end);
  if (!startsLine(text, brace) || !startsLine(text, last.offset)) {
    return [{ offset: end, length: 0, content: `, ${property}` }];
  }
  const line = `${indentBefore(text, last.offset)}${property}${comma === undefined ? '' : ','}`;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const added = { offset: lineStart(text, brace), length: 0, content: `${line}${eol}` };
  return comma === undefined ? [{ offset: end, length: 0, content: ',' }, added] : [added];
}
