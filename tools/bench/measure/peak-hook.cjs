// Tells on descriptor 3, when its process ends, how many KiB it had resident at most.
process.on('exit', () => require('node:fs').writeSync(3, String(process.resourceUsage().maxRSS)));
