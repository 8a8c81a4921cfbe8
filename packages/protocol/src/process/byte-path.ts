/** A path that an agent may have named: its bytes need not be UTF-8. */
export type BytePath = string | Buffer;

/** Returns the path of something in a folder. */
export function within(folder: BytePath, name: BytePath): Buffer {
  return Buffer.concat([Buffer.from(folder), Buffer.from('/'), Buffer.from(name)]);
}
