/** Returns the line at the beginning of a log whose older output was dropped. */
export function droppedBefore(bytes: number): string {
  return `[ralph: ${bytes} bytes of older output were dropped]\n`;
}

/** Returns the line in a log at the place at which output was lost. */
export function droppedHere(bytes: number): string {
  return `\n[ralph: ${bytes} bytes of output were dropped here]\n`;
}

/** Tells whether a text may have such a line. */
export function mayTellOfDropped(text: string): boolean {
  return text.includes('[ralph: ');
}

/** Tells whether a line says that output was dropped before what follows. */
export function tellsOfDropped(line: string): boolean {
  return toldOfDropped(line) !== undefined;
}

/** Returns how many bytes a line says that were dropped before what follows; nothing when it does not say so. */
export function toldOfDropped(line: string): number | undefined {
  const bytes = /^\[ralph: (\d{1,20}) bytes of (?:older output were dropped|output were dropped here)\]\s*$/.exec(
    line,
  )?.[1];
  return bytes === undefined ? undefined : Number(bytes);
}
