/** Stands in for string-width in the bundles: yargs only asks for it when it draws a help text, which ours never does. */
export default function stringWidth(text) {
  return [...String(text)].length;
}
