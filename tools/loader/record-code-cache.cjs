// Runs a built program as its launcher would and leaves the code cache of that run: node record-code-cache.cjs DIST ARGS…
'use strict';
const { rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const [dist] = process.argv.splice(2, 1);
const { serialise } = require(join(dist, 'start.cjs'));

// Not before the end: functions are compiled when they are first called.
process.on('exit', () => {
  const file = join(dist, 'code-cache');
  try {
    writeFileSync(file, serialise());
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
});
