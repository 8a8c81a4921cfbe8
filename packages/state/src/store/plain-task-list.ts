/** Where something stands in a text. */
export interface Place {
  readonly offset: number;
  readonly length: number;
}

/** Where the tasks stand in the text of a queue file. */
export interface TaskPlaces {
  readonly list: Place;
  readonly elements: readonly Place[];
  /** Offset of the bracket behind the last one. */
  readonly bracket: number;
}

const [QUOTE, BACKSLASH, SLASH, COLON, COMMA, SPACE] = [0x22, 0x5c, 0x2f, 0x3a, 0x2c, 0x20];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** An edit asks for the same texts again and again: the two files before and after it. */
const MOST_KNOWN = 4;

const lately: { readonly text: string; readonly places: TaskPlaces | undefined }[] = [];

/**
 * Finds the tasks in the text of a queue file that is JSON without comments. The library makes an object of every value,
 * which takes longer than all else that is done with a queue of a thousand tasks.
 *
 * @returns nothing where there is a comment, or an element of another kind
 */
export function plainTaskList(text: string): TaskPlaces | undefined {
  const known = lately.find((each) => each.text === text);
  if (known !== undefined) return known.places;
  const places = findTasks(text);
  lately.unshift({ text, places });
  lately.length = Math.min(lately.length, MOST_KNOWN);
  return places;
}

function findTasks(text: string): TaskPlaces | undefined {
  const elements: Place[] = [];
  let list = -1;
  let start = 0;
  for (let [at, depth] = [0, 0]; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE: {
        const end = endOfString(text, at);
        if (end === -1 || (list !== -1 && depth === 2)) return undefined;
        const value = depth === 1 && list === -1 ? valueAfter(text, end + 1) : -1;
        if (value !== -1 && text.slice(at, end + 1) === '"tasks"') {
          if (text.charCodeAt(value) !== OPEN_LIST) return undefined;
          list = value;
        }
        at = end;
        break;
      }
      case OPEN_OBJECT:
        if (list !== -1 && depth === 2) start = at;
        depth += 1;
        break;
      case OPEN_LIST:
        if (list !== -1 && depth === 2) return undefined;
        depth += 1;
        break;
      case CLOSE_OBJECT:
        depth -= 1;
        if (list !== -1 && depth === 2) elements.push({ offset: start, length: at + 1 - start });
        break;
      case CLOSE_LIST:
        depth -= 1;
        if (list !== -1 && depth === 1) return { list: { offset: list, length: at + 1 - list }, elements, bracket: at };
        break;
      case SLASH:
        return undefined;
      default:
        if (list !== -1 && depth === 2 && !isBetween(text.charCodeAt(at))) return undefined;
    }
  }
  return undefined;
}

function isBetween(code: number): boolean {
  return code <= SPACE || code === COMMA;
}

function endOfString(text: string, quote: number): number {
  for (let end = text.indexOf('"', quote + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let first = end;
    while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
    if ((end - first) % 2 === 0) return end;
  }
  return -1;
}

/** Returns the offset of the value of a key that ends there; -1 when it is none. */
function valueAfter(text: string, offset: number): number {
  const colon = pastBlanks(text, offset);
  return text.charCodeAt(colon) === COLON ? pastBlanks(text, colon + 1) : -1;
}

function pastBlanks(text: string, offset: number): number {
  let at = offset;
  while (text.charCodeAt(at) <= SPACE) at += 1;
  return at;
}
