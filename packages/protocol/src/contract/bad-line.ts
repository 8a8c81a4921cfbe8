import { Failure } from './failure.ts';

const USUAL_HINT = 'check that each line is one JSON object; see `ralph-state schema` for the events';

/** The failure for a line that cannot be used; names the line. Apart from the schemas, so that reading costs no zod. */
export function badLine(lineNumber: number, what: string, hint = USUAL_HINT): Failure {
  return new Failure('bad_line', `line ${lineNumber} of stdin: ${what}`, {
    hint,
    details: { line: lineNumber },
  });
}
