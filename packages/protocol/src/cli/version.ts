/** Version of the toolbox; the five programs are released together. A test holds it against package.json. */
export const VERSION = '0.1.0';
