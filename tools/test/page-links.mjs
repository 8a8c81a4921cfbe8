// The links and anchors of pages in Markdown, as GitHub makes them.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the pages of the house, relative to its top. */
export function pagesOf(root) {
  const below = (folder) => readdirSync(join(root, folder)).map((name) => join(folder, name));
  return ['.', 'docs', 'docs/decisions'].flatMap(below).filter((path) => path.endsWith('.md'));
}

/** Returns the targets of all links of a page, but for what stands in code. */
export function linksIn(text) {
  const prose = withoutFences(text).replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]);
}

/** Returns the anchors of all headings of a page; a second one of the same words is numbered. */
export function anchorsIn(text) {
  const seen = new Map();
  return [...withoutFences(text).matchAll(/^#{1,6} (.*)$/gm)].map(([, heading]) => {
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = plain.replaceAll(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-');
    const number = seen.get(slug) ?? 0;
    seen.set(slug, number + 1);
    return number === 0 ? slug : `${slug}-${number}`;
  });
}

/** Returns the targets that lead to no file or heading, each with its page. */
export function deadLinks(pages, exists) {
  return [...pages].flatMap(([page, text]) =>
    linksIn(text)
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => !leadsSomewhere(pages, page, link, exists))
      .map((link) => `${page}: ${link}`),
  );
}

function leadsSomewhere(pages, page, link, exists) {
  const [path, anchor] = link.split('#');
  const target = path === '' ? page : join(page, '..', path);
  if (!exists(target)) return false;
  return anchor === undefined || anchorsIn(pages.get(target) ?? '').includes(anchor);
}

function withoutFences(text) {
  return text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');
}
