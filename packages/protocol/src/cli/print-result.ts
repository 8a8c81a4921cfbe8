import { exitCode } from '../contract/exit-status.ts';
import type { Output } from './output.ts';
import type { Result } from './program.ts';
import { printableJson } from './printable.ts';
import { table } from './table.ts';

/** Prints what a command returned in the asked format and returns the exit status. */
export async function printResult(output: Output, result: Result): Promise<number> {
  if (result.records !== undefined) await printRecords(output, result, result.records);
  else if (result.record !== undefined) await printRecord(output, result, result.record);
  else if (result.text !== undefined) await output.write(result.text);
  return typeof result.exit === 'number' ? result.exit : exitCode(result.exit ?? 'ok');
}

async function printRecords(output: Output, result: Result, records: readonly object[]): Promise<void> {
  if (output.format === 'json') return output.write(`${printableJson(JSON.stringify(records, null, 2))}\n`);
  if (output.format === 'table') {
    if (result.text !== undefined) return output.write(result.text);
    if (result.columns !== undefined) return output.write(records.length === 0 ? '' : table(result.columns, records));
    return output.write(records.map((record) => `${printableJson(JSON.stringify(record))}\n`).join(''));
  }
  for (const record of records) await output.record(record);
}

async function printRecord(output: Output, result: Result, record: object): Promise<void> {
  if (output.format === 'table' && result.text !== undefined) return output.write(result.text);
  if (output.format === 'ndjson') return output.record(record);
  return output.write(`${printableJson(JSON.stringify(record, null, 2))}\n`);
}
