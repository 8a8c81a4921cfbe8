// Lets the first call of a program fail, then the second, and so on until none is left, and looks each time at what there is.

const WITHOUT_STACK = /\n\s+at .+:\d+:\d+\)?/;

/**
 * @param {object} what
 * @param {ReturnType<import('./site.mjs').makeSite>} what.site
 * @param {import('../../torture/preload/plan.mjs').Rule} what.rule   which calls, and how they fail
 * @param {string} what.name    the program, with its arguments and input
 * @param {readonly string[]} what.args
 * @param {string} [what.input]
 * @param {number} what.most    so many calls, spread evenly; Infinity: each
 * @param {(end: object, call: string) => readonly string[] | Promise<readonly string[]>} what.judge   returns what is wrong
 * @returns {Promise<{ tried: number, wrong: string[] }>}
 */
export async function sweep({ site, rule, name, args, input = '', most, judge }) {
  const restore = site.keep();
  const plan = site.plan();
  const paths = [`${site.root}/*`, `${site.folder}/.workspaces*`, '/'];
  const asked = { paths, programs: [name, 'flock', 'perl'], ...rule };
  const run = () => site.run(name, args, { input, more: plan.env });
  plan.set(0, { ...asked, after: Number.MAX_SAFE_INTEGER });
  await run();
  const calls = plan.seen(0);
  const step = Math.max(1, Math.ceil(calls / most));
  const wrong = [];
  let tried = 0;
  for (let after = 0; after < calls; after += step) {
    restore();
    plan.set(0, { ...asked, after, times: 1 });
    const end = await run();
    if (plan.hits(0) === 0) continue;
    tried += 1;
    const call = plan.last(0).replaceAll(site.folder, '');
    const found = [...general(end, site), ...(await judge(end, call))];
    wrong.push(...found.map((text) => `call ${after}, ${call}: ${text.replaceAll(site.folder, '')}`));
  }
  plan.close();
  return { tried, wrong };
}

function general({ signal, stderr }, site) {
  return [
    ...(signal === null ? [] : [`killed by ${signal}`]),
    ...(WITHOUT_STACK.test(stderr) ? [`a stack trace: ${stderr}`] : []),
    ...site.living().map((words) => `lives on: ${words}`),
    ...site
      .files()
      .filter((path) => path.endsWith('.json') && !isJson(site.read(path)))
      .map((path) => `torn: ${path}`),
  ];
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
