import type { Call, Result } from '@ralph/protocol/cli/program';
import { unknownWord } from '@ralph/protocol/cli/usage-failure';
import { Failure } from '@ralph/protocol/contract/failure';
import { findRepository, sharedRoot } from '@ralph/protocol/process/repository';
import { Secrets } from '@ralph/protocol/process/secrets';
import type { CONFIG_OPTIONS } from '../options.ts';
import { configRows, shownValue, type ConfigRow } from '../settings/config-rows.ts';
import { readSettings } from '../settings/read-settings.ts';
import { SETTING_KEYS } from '../settings/setting-keys.ts';
import { askTrust, inNeedOfTrust, untrusted } from '../settings/trust.ts';

/** `ralph-orchestrate config`: every setting as a run without flags would have it, and where it came from. */
export async function run({ args, operands, output, program }: Call<typeof CONFIG_OPTIONS>): Promise<Result> {
  const { root } = findRepository(args.repo);
  const [key] = operands;
  if (key !== undefined && !SETTING_KEYS.some((each) => each === key)) {
    // Whoever leaves out the section means the one key that ends so.
    const whole = SETTING_KEYS.find((each) => each.endsWith(`.${key}`)) ?? key;
    const guessed =
      whole === key
        ? unknownWord(program, 'setting', key, SETTING_KEYS).message
        : `unknown setting ${key}; did you mean ${whole}?`;
    throw new Failure('usage', guessed, { hint: 'ralph-orchestrate config prints every key' });
  }
  const read = await readSettings({ root, env: process.env });
  const doubtful = inNeedOfTrust(read.settled);
  const trust = doubtful.length === 0 ? undefined : await askTrust(sharedRoot(root));
  const { redact } = new Secrets(root);
  const rows = configRows(read, { root, doubtful, trusted: trust?.trusted === true, redact });
  if (key !== undefined) {
    const row = rows.find((each) => each.key === key);
    return { record: row ?? {}, text: `${row === undefined ? '' : shownValue(row.value)}\n` };
  }
  for (const note of read.notes) output.note(`${program}: ${note}`);
  if (trust?.trusted === false) {
    const { message, parts } = untrusted(doubtful, root, trust);
    output.note(`${program}: a run would refuse this: ${message}\n${program}: ${parts.hint ?? ''}`);
  }
  return {
    records: rows,
    columns: {
      key: (row: ConfigRow) => row.key,
      value: (row: ConfigRow) => shownValue(row.value),
      from: (row: ConfigRow) => (row.line === undefined ? row.from : `${row.from}:${row.line}`),
      note: (row: ConfigRow) => row.note ?? '',
    },
  };
}
