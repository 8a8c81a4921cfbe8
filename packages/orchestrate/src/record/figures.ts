// Figures as people read them, on a terminal and on a page.
import type { Receipt } from '@ralph/protocol/contract/receipt';
import { tokensOf } from './receipt-sum.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Returns a time: `0.4 s`, `12.3 s`, `4 m 05 s`, `2 h 07 m`, `3 d 04 h`. */
export function timeText(ms: number): string {
  const tenths = Math.round(ms / 100) / 10;
  if (tenths < 60) return `${tenths.toFixed(1)} s`;
  if (Math.round(ms / SECOND) < 3600) return twoUnits(ms, MINUTE, 'm', SECOND, 's');
  if (Math.round(ms / MINUTE) < 24 * 60) return twoUnits(ms, HOUR, 'h', MINUTE, 'm');
  return twoUnits(ms, DAY, 'd', HOUR, 'h');
}

function twoUnits(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const smalls = Math.round(ms / small);
  const each = large / small;
  return `${Math.floor(smalls / each)} ${largeName} ${String(smalls % each).padStart(2, '0')} ${smallName}`;
}

/** Returns a number of many digits in short: `987`, `1.2k`, `34.5M`. */
export function shortNumber(number: number): string {
  if (number < 1000) return String(number);
  const [unit, name] = number < 999_950 ? [1e3, 'k'] : number < 999_950_000 ? [1e6, 'M'] : [1e9, 'G'];
  return `${(number / unit).toFixed(1)}${name}`;
}

/** Returns a whole number with a comma between thousands, whatever the language around. */
export function wholeNumber(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** Returns a cost in US dollars: small ones with four decimals. */
export function costText(dollars: number): string {
  return `$${dollars.toFixed(dollars > 0 && dollars < 0.1 ? 4 : 2)}`;
}

/** Returns the tokens of a receipt in short, `-` where nobody told of any, with a `+` where not all did. */
export function tokensText({ usage, unreported }: Receipt): string {
  const tokens = tokensOf(usage);
  return tokens === undefined ? '-' : `${shortNumber(tokens)}${unreported > 0 ? '+' : ''}`;
}

/** Returns the cost of a receipt, `-` where nobody told of any, with a `+` where not all did. */
export function costOfText({ usage, unreported }: Receipt): string {
  const cost = usage?.cost_usd;
  return cost === undefined ? '-' : `${costText(cost)}${unreported > 0 ? '+' : ''}`;
}

/** Returns a time of the day in the zone of this machine: `2026-11-22 04:29:34`. */
export function clockText(ms: number): string {
  const at = new Date(ms);
  const two = (number: number) => String(number).padStart(2, '0');
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Returns how far the zone of this machine is from UTC at that time: `+13:45`. */
export function zoneText(ms: number): string {
  const minutes = -new Date(ms).getTimezoneOffset();
  const two = (number: number) => String(number).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}
