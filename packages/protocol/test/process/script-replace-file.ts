import { isFailure } from '../../src/contract/failure.ts';
import { replaceFile } from '../../src/process/durable-file.ts';

/** Replaces a file with `size` bytes of each letter in turn, until it is killed or fails; says where it is. */
const [path = '', size = '1', letters = ''] = process.argv.slice(2);
try {
  for (const letter of letters) {
    await replaceFile(path, letter.repeat(Number(size)));
    process.stdout.write(`${letter}\n`);
  }
} catch (error) {
  process.stdout.write(`${isFailure(error) ? error.code : String(error)}\n`);
}
