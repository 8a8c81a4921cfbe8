/**
 * Returns the README of a pack, from the page of its program. Pure.
 *
 * @throws Error where the page has not the parts that every page has
 */
export function readmeOf(name, page, toolbox) {
  const summary = part(name, page, 'NAME').replace(`${name} - `, '');
  return `# ${name}

${summary[0].toUpperCase()}${summary.slice(1)}.

It is in no registry. From the sources of the toolbox, in their folder:

    npm ci && npm run pack
    npm install --global ./packs/${name}-*.tgz

${part(name, page, 'DESCRIPTION')}

## Synopsis

${part(name, page, 'SYNOPSIS')}

\`${name} --help\` lists the commands, \`${name} COMMAND --help\` the options of one, and \`${name} exit-codes\` the statuses. It needs Node
${toolbox.node} or newer and git; on Linux also \`flock\` (util-linux) or \`perl\`.

## The toolbox

It is one of five programs that are released together, under one version, and find each other where they are installed side by side
or are on \`PATH\`:

    npm install --global ./packs/*.tgz

That brings ${listed(toolbox.names)}.
`;
}

function listed(names) {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Returns the text of one part of a page, without links that lead nowhere from here. */
function part(name, page, title) {
  const text = page.split(/^## /m).find((one) => one.startsWith(`${title}\n`));
  if (text === undefined) throw new Error(`docs/${name}.md has no part ${title}`);
  return text
    .slice(title.length)
    .replace(/^\n+|\n+$/g, '')
    .replace(/\[([^\]]+)\]\((?!https?:)[^)]*\)/g, '$1');
}
