import { Failure } from './failure.ts';

/** The failure for a line that cannot be used; names the line. Apart from the schemas, so that reading costs no zod. */
export function badLine(lineNumber: number, what: string): Failure {
  return new Failure('bad_line', `line ${lineNumber} of stdin: ${what}`, {
    hint: 'check that each line is one JSON object; see `ralph-state schema` for the events',
    details: { line: lineNumber },
  });
}
