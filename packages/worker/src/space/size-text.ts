const UNITS = ['K', 'M', 'G', 'T'] as const;

/** Returns an amount of bytes in the form in which options take it, to about two digits: `512`, `1.4M`, `256M`. */
export function sizeText(bytes: number): string {
  let amount = bytes;
  let unit = '';
  for (const next of UNITS) {
    if (amount < 1000) break;
    amount /= 1024;
    unit = next;
  }
  const digits = unit !== '' && amount < 10 ? 1 : 0;
  return `${Number(amount.toFixed(digits))}${unit}`;
}
