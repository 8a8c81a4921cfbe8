// Runs a built program as its launcher would and leaves the code caches of that run: node record-code-cache.cjs DIST ARGS…
'use strict';
const { rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const [dist] = process.argv.splice(2, 1);
const { serialise } = require(join(dist, 'start.cjs'));

// Not before the end: functions are compiled when they are first called.
process.on('exit', () => {
  for (const [name, bytes] of serialise()) {
    const file = join(dist, name);
    try {
      writeFileSync(file, bytes);
    } catch (error) {
      rmSync(file, { force: true });
      throw error;
    }
  }
});
