import { lightJson } from '../contract/light-json.ts';
import { LINE_LIMIT, type LineReader } from './whole-lines.ts';

const NEWLINE = 0x0a;

/** How a line begins that says what it is, or who says it, first of all, as those of agents do. */
const HEAD = /^\[?\{\s{0,8}"(?:type|role)"\s{0,8}:\s{0,8}"([\w.-]{1,40})"/;
const HEAD_BYTES = 96;

/** What tells what an agent does. */
const DOINGS = [
  'assistant',
  'tool_call',
  'rate_limit_event',
  'item.started',
  'item.completed',
  'turn.failed',
  'error',
  'init',
  'message',
  'tool_use',
  'text',
  'session',
  'tool_execution_start',
  'message_end',
  'agent_end',
  'auto_retry_start',
  'meta',
] as const;

/** Lines that say something else first are only read when they are of one of these. */
const TYPES: ReadonlySet<string> = new Set([
  'result',
  'system',
  'thread.started',
  'turn.completed',
  'token_count',
  'event_msg',
  'step_finish',
  'step-finish',
  'ralph.usage',
  ...DOINGS,
]);

/**
 * Finds JSON in the output of an agent that may say what it did or used: objects and lists that fill a line, and objects that
 * are spread over lines, each with its brackets at the beginning of a line. Only that is parsed; whatever else it is made
 * of costs a search for bytes.
 */
export class JsonLines implements LineReader {
  readonly #found: (value: unknown) => void;
  /** Lines of an object that has begun. */
  #object: Buffer[] | undefined;
  #objectBytes = 0;

  /** @param found is given each value */
  constructor(found: (value: unknown) => void) {
    this.#found = found;
  }

  take(lines: Buffer): void {
    const starts = new LineStarts(lines);
    let at = 0;
    while (at < lines.length) {
      at = this.#object === undefined ? this.#seek(lines, starts, at) : this.#goOn(lines, starts, at);
    }
  }

  miss(): void {
    this.#object = undefined;
  }

  #seek(lines: Buffer, starts: LineStarts, at: number): number {
    const start = starts.value(at);
    if (start === lines.length) return start;
    const end = endOfLine(lines, start);
    const line = lines.subarray(start, end);
    if (line.length <= 8 && line.toString('latin1').trimEnd() === '{') {
      this.#object = [OPEN];
      this.#objectBytes = OPEN.length;
    } else if (line.length <= LINE_LIMIT && mayTell(line)) {
      this.#parse(line);
    }
    return end + 1;
  }

  #goOn(lines: Buffer, starts: LineStarts, at: number): number {
    if (this.#objectBytes === OPEN.length && !beginsField(lines, at)) {
      this.#object = undefined;
      return at;
    }
    const other = starts.value(at);
    const close = starts.close(at);
    const end = Math.min(other, close < lines.length ? endOfLine(lines, close) + 1 : lines.length);
    const object = this.#object ?? [];
    this.#objectBytes += end - at;
    // An object has no bracket of its own at the beginning of a line.
    if (this.#objectBytes > LINE_LIMIT || (other < lines.length && other < close)) {
      this.#object = undefined;
      return end;
    }
    object.push(Buffer.from(lines.subarray(at, end)));
    if (close < lines.length) {
      this.#object = undefined;
      const whole = Buffer.concat(object);
      if (mayTell(whole)) this.#parse(whole);
    }
    return end;
  }

  #parse(bytes: Buffer): void {
    let value: unknown;
    try {
      value = lightJson(bytes.toString());
    } catch {
      // It only began like JSON.
      return;
    }
    this.#found(value);
  }
}

const OPEN = Buffer.from('{\n');

/** Source code has lines with nothing but a bracket, too. */
function beginsField(lines: Buffer, at: number): boolean {
  return /^[ \t]{1,16}"/.test(lines.toString('latin1', at, at + 17));
}

const STARTS = { object: Buffer.from('\n{'), list: Buffer.from('\n[{'), close: Buffer.from('\n}') };

/** The lines among others that begin with a bracket; each place is searched for once. */
class LineStarts {
  readonly #lines: Buffer;
  readonly #next: Record<keyof typeof STARTS, number> = { object: -1, list: -1, close: -1 };

  constructor(lines: Buffer) {
    this.#lines = lines;
  }

  /** Returns where the next line begins that may be JSON, at or after the beginning of a line; the length without one. */
  value(at: number): number {
    return Math.min(this.#find('object', at), this.#find('list', at));
  }

  /** Returns where the next line begins that may close an object. */
  close(at: number): number {
    return this.#find('close', at);
  }

  #find(what: keyof typeof STARTS, at: number): number {
    if (this.#next[what] < at) this.#next[what] = this.#search(STARTS[what], at);
    return this.#next[what];
  }

  #search(start: Buffer, at: number): number {
    const lines = this.#lines;
    if (lines.compare(start, 1, start.length, at, Math.min(lines.length, at + start.length - 1)) === 0) return at;
    const newline = lines.indexOf(start, at);
    return newline === -1 ? lines.length : newline + 1;
  }
}

function endOfLine(lines: Buffer, start: number): number {
  const newline = lines.indexOf(NEWLINE, start);
  return newline === -1 ? lines.length : newline;
}

/** Decides it of a line, or of an object over several. */
function mayTell(line: Buffer): boolean {
  const type = HEAD.exec(line.toString('latin1', 0, HEAD_BYTES))?.[1];
  // A list of all that was said has its sum at the end.
  if (type !== undefined && line[0] !== 0x5b) return TYPES.has(type);
  return line.includes('token') || line.includes('ralph.usage') || line.includes('total_cost_usd');
}
