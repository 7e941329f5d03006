// docs/reference/: a page for each entry with every export, option, default and error, made from what API Extractor reads
// in the declarations. A small generator of our own: @microsoft/api-documenter writes a file for each of some 700 members.
import { ApiItemKind, ApiModel } from '@microsoft/api-extractor-model';
import { format } from 'prettier';

const NOTE =
  '<!-- Made by `npm run api` from the comments in src/. Do not edit it: change the comments. -->';
const GROUPS = [
  ['Functions', (item) => item.kind === ApiItemKind.Function],
  ['Errors', (item) => isError(item)],
  ['Classes', (item) => item.kind === ApiItemKind.Class && !isError(item)],
  ['Interfaces', (item) => item.kind === ApiItemKind.Interface],
  ['Types', (item) => item.kind === ApiItemKind.TypeAlias],
  ['Constants', (item) => item.kind === ApiItemKind.Variable],
];

/**
 * Makes the pages.
 *
 * @param models - For each entry, its name and the file of its model.
 * @returns for each entry, the name of the file and its text.
 */
export async function referencePages(models, options) {
  const entries = models.map(({ entry, file }) => {
    const [main] = new ApiModel().loadPackage(file).entryPoints;
    const name = entry.replace('.', 'docker-keyring');
    return { name, file: `${name.replace('/', '-')}.md`, items: itemsOf(main) };
  });
  const places = new Map(
    entries.flatMap(({ file, items }) => items.map((item) => [item.displayName, file])),
  );
  return Promise.all(
    entries.map(async ({ name, file, items }) => {
      const link = linkFrom(file, places);
      const groups = GROUPS.map(([title, isIn]) => [title, items.filter(isIn)]);
      const text = [
        `# ${name}`,
        NOTE,
        ...groups.flatMap(([title, found]) => group(title, found, link)),
      ].join('\n\n');
      return { file, text: await format(text, { ...options, parser: 'markdown' }) };
    }),
  );
}

function group(title, items, link) {
  if (items.length === 0) return [];
  return [`## ${title}`].concat(items.flatMap((item) => section(item, link)));
}

/** What an entry exports, with what only its namespaces have; each name once. */
function itemsOf(main) {
  const flat = main.members.flatMap((item) =>
    item.kind === ApiItemKind.Namespace ? item.members : [item],
  );
  const byName = new Map(flat.map((item) => [item.displayName, item]));
  return [...byName.values()].toSorted((a, b) => a.displayName.localeCompare(b.displayName, 'en'));
}

function isError(item) {
  return item.kind === ApiItemKind.Class && item.displayName.endsWith('Error');
}

/** Makes the link to a name, from a page. */
function linkFrom(page, places) {
  return (name, text = name) => {
    const file = places.get(name);
    if (file === undefined) return `\`${text}\``;
    return `[\`${text}\`](${file === page ? '' : file}#${name.toLowerCase()})`;
  };
}

function section(item, link) {
  const { tsdocComment: comment } = item;
  const heading = `### ${item.displayName}`;
  const parts = [
    heading,
    prose(comment?.summarySection, link),
    ...blocks(comment, '@REMARKS', link),
  ];
  if (item.kind === ApiItemKind.Class || item.kind === ApiItemKind.Interface) {
    parts.push(...extendsOf(item, link), ...members(item, link));
  } else {
    parts.push(
      fence(item.excerpt.text.replace(/^export (?:declare )?/, '')),
      ...callParts(item, link),
    );
  }
  return [...parts, ...blocks(comment, '@EXAMPLE', link)].filter((part) => part !== '');
}

/** Parameters, result and errors. */
function callParts(item, link) {
  const { tsdocComment: comment } = item;
  const parameters = [...(comment?.params.blocks ?? [])].map(
    ({ parameterName, content }) => `- \`${parameterName}\`: ${prose(content, link)}`,
  );
  const returns = comment?.returnsBlock && `Returns: ${prose(comment.returnsBlock.content, link)}`;
  const throws = blocks(comment, '@THROWS', link).map((text) => `Throws: ${text}`);
  return [parameters.join('\n'), returns ?? '', ...throws].filter((part) => part !== '');
}

function extendsOf(item, link) {
  const types = [item.extendsType ?? [], item.extendsTypes ?? []].flat();
  const all = types.map(({ excerpt }) => excerpt.text.trim().replaceAll(/\s+/g, ' '));
  const names = all.map((text) => link(/\w+(?=\W*$)|^\w+/.exec(text)?.[0] ?? text, text));
  return names.length === 0 ? [] : [`Extends ${names.join(' and ')}.`];
}

function isMethod({ kind }) {
  return kind === ApiItemKind.Method || kind === ApiItemKind.MethodSignature;
}

function members(item, link) {
  const all = item.members.filter(
    ({ kind, displayName }) => kind !== ApiItemKind.Constructor && displayName !== '',
  );
  const rows = all.filter((one) => !isMethod(one)).map((one) => row(one, link));
  const hasDefaults = rows.some(([, , value]) => value !== '');
  const table = hasDefaults ? rows : rows.map(([name, type, , text]) => [name, type, text]);
  const head = hasDefaults ? ['Name', 'Type', 'Default', ''] : ['Name', 'Type', ''];
  const methods = all.filter(isMethod).flatMap((one) => method(one, link));
  if (rows.length === 0) return methods;
  const lines = [head, head.map(() => '---'), ...table].map((cells) => `| ${cells.join(' | ')} |`);
  return [lines.join('\n'), ...methods];
}

/** Name, type, default and description of a property. */
function row(property, link) {
  const { tsdocComment: comment, displayName, isOptional } = property;
  const { propertyTypeExcerpt, initializerExcerpt } = property;
  // An error's code has its value in place of a type.
  const type = propertyTypeExcerpt?.text || initializerExcerpt?.text || property.excerpt.text;
  const shown = type.replaceAll(/\s+/g, ' ').replace(/ \| undefined$/, '');
  // An option that may be missing, and of which nothing is said, is one without which nothing is done.
  const isOption = isOptional && property.parent.displayName.endsWith('Options');
  const [value = isOption ? 'none' : ''] = blocks(comment, '@DEFAULTVALUE', link);
  const throws = blocks(comment, '@THROWS', link).map((text) => `Throws: ${text}`);
  const text = [prose(comment?.summarySection, link), ...throws].filter(Boolean).join(' ');
  const name = `\`${displayName}${isOptional ? '?' : ''}\``;
  return [name, `\`${shown}\``, value, text].map((cell) =>
    cell.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|'),
  );
}

function method(item, link) {
  const { tsdocComment: comment } = item;
  return [
    fence(item.excerpt.text),
    prose(comment?.summarySection, link),
    ...callParts(item, link),
    ...blocks(comment, '@EXAMPLE', link),
  ].filter((part) => part !== '');
}

function fence(code) {
  return `\`\`\`typescript\n${code.trim()}\n\`\`\``;
}

function blocks(comment, tag, link) {
  return (comment?.customBlocks ?? [])
    .concat(tag === '@REMARKS' && comment?.remarksBlock ? [comment.remarksBlock] : [])
    .filter(({ blockTag }) => blockTag.tagNameWithUpperCase === tag)
    .map(({ content }) => prose(content, link));
}

/** The Markdown of a part of a comment. Examples are another language than `ts`, for the pages' tests run those. */
function prose(node, link) {
  if (node === undefined) return '';
  const inner = () =>
    node
      .getChildNodes()
      .map((child) => prose(child, link))
      .join('');
  switch (node.kind) {
    case 'PlainText':
      return node.text;
    case 'EscapedText':
      return node.encodedText;
    case 'SoftBreak':
      return '\n';
    case 'CodeSpan':
      return `\`${node.code}\``;
    case 'FencedCode':
      return fence(node.code);
    case 'LinkTag':
      return linkOf(node, link);
    case 'Paragraph':
      return `${inner().trim()}\n\n`;
    case 'Section':
      return inner().trim();
    default:
      return inner();
  }
}

function linkOf({ codeDestination, linkText, urlDestination }, link) {
  if (urlDestination !== undefined) return `[${linkText ?? urlDestination}](${urlDestination})`;
  const names = codeDestination.memberReferences.map((one) => one.memberIdentifier?.identifier);
  return link(names[0], linkText ?? names.join('.'));
}
