#!/usr/bin/env node
if (require('node:fs').existsSync(`${__dirname}/../dist/start.cjs`)) require('../dist/start.cjs');
else {
  process.exitCode = 70;
  process.stderr.write('ralph-state: not built\n  next: npm run build\n');
}
