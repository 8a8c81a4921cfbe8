export interface ConfigEntry {
  /** `section.name` or `section.subsection.name`, as git lists it. */
  readonly key: string;
  readonly value: string;
}

/** Reads what `git config --list -z` prints. */
export function readConfigList(text: string): ConfigEntry[] {
  return text
    .split('\0')
    .filter((record) => record !== '')
    .map(readConfigRecord);
}

/** Reads one record of it: a key without a value, as `[core] bare` alone, means true. */
export function readConfigRecord(record: string): ConfigEntry {
  const end = record.indexOf('\n');
  return end === -1 ? { key: record, value: 'true' } : { key: record.slice(0, end), value: record.slice(end + 1) };
}
