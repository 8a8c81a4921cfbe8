import { EXIT_STATUS } from '../contract/exit-status.ts';
import type { Result } from './program.ts';

interface Row {
  readonly status: number | '128+n';
  readonly name: string;
  readonly meaning: string;
  readonly again: string;
}

/** Returns the table that `exit-codes` prints. */
export function exitStatusTable(): Result {
  const records: Row[] = Object.entries(EXIT_STATUS).map(([name, row]) => ({
    status: row.code,
    name,
    meaning: row.meaning,
    again: row.again,
  }));
  records.push({ status: '128+n', name: 'signal', meaning: 'ended by signal n after clean-up', again: 'no' });
  return {
    records,
    columns: {
      status: (row: Row) => String(row.status),
      name: (row: Row) => row.name,
      meaning: (row: Row) => row.meaning,
      'again?': (row: Row) => row.again,
    },
  };
}
