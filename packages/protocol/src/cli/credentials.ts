/** Returns a text without the user and password of any address in it. */
export function withoutCredentials(text: string): string {
  return text.replaceAll(/(\b[a-z][a-z+]*:\/\/)[^\s/@']*@/gi, '$1');
}
