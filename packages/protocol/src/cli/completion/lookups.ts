import type { CompletedCommand, Offer } from './model.ts';

export type Asked = Extract<Offer, { kind: 'asked' }>;

/** Returns every command by its words, and every word that begins one: `task` for `task list`. */
export function beginnings(commands: readonly CompletedCommand[]): string[] {
  const all = commands.flatMap(({ words }) => {
    const parts = words.split(' ');
    return parts.map((_, index) => parts.slice(0, index + 1).join(' '));
  });
  return [...new Set(all)].filter((words) => words !== '');
}

/** Returns the words that may follow those of a group, or of nothing at all. */
export function nextWords(words: string, commands: readonly CompletedCommand[]): string[] {
  const begin = words === '' ? '' : `${words} `;
  return beginnings(commands).flatMap((one) => {
    const rest = one.slice(begin.length);
    return one.startsWith(begin) && rest !== '' && !rest.includes(' ') ? [rest] : [];
  });
}

/** Returns what the commands offer that has to be asked for, each once. */
export function askedOffers(commands: readonly CompletedCommand[]): Asked[] {
  const all = commands.flatMap(({ options, operands }) => [...options.map((option) => option.offer), operands.offer]);
  const asked = all.filter((offer): offer is Asked => offer.kind === 'asked');
  return [...new Map(asked.map((offer) => [offerName(offer), offer])).values()];
}

/** Returns the word by which a script calls an offer. */
export function offerName(offer: Offer): string {
  return offer.kind === 'asked' ? offer.sources.join('+') : offer.kind;
}
