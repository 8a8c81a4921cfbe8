// What a call of the benchmark asks for.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { FORMS } from '../groups.mjs';

/**
 * @typedef {object} Wish
 * @property {string} form
 * @property {string[]} names of groups, in the order of the book
 * @property {string | undefined} json an absolute path
 * @property {boolean} isWritten
 * @property {boolean} isChecked
 */

/**
 * Returns what the words of a command line ask for, or what is wrong with them; an empty text where the usage is asked for.
 *
 * @param {string[]} args
 * @param {Record<string, { isUsual: boolean }>} groups the groups that there are
 * @returns {Wish | string}
 */
export function wish(args, groups) {
  const options = {
    check: { type: 'boolean' },
    json: { type: 'string' },
    write: { type: 'boolean' },
    help: { type: 'boolean' },
  };
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    return error.message;
  }
  const { values, positionals } = parsed;
  if (values.help) return '';
  const forms = positionals.filter((word) => FORMS.includes(word));
  const named = positionals.filter((word) => !FORMS.includes(word));
  const unknown = named.filter((name) => !Object.hasOwn(groups, name));
  if (unknown.length > 0) return `there is no group ${unknown.join(', ')}`;
  if (forms.length > 1) return `one form at a time, not ${forms.join(' and ')}`;
  const [form = 'quick'] = forms;
  if (values.write && form === 'once') return 'what was measured once is not for the book';
  return {
    form,
    names: Object.keys(groups).filter((name) => (named.length > 0 ? named.includes(name) : groups[name].isUsual)),
    json: values.json === undefined ? undefined : resolve(values.json),
    isWritten: values.write === true,
    isChecked: values.check === true,
  };
}
