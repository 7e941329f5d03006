import type { Case, DirectoryCase, LookupCase, NodeCase } from './cases.ts';

/** The smallest case of this one's parts for which something still holds. */
export async function shrink(
  question: Case,
  holds: (smaller: Case) => Promise<boolean>,
): Promise<Case> {
  if (question.kind !== 'lookup') return question;
  const smaller = await firstThat(smallerCases(question), holds);
  return smaller === undefined ? question : shrink(smaller, holds);
}

async function firstThat(
  cases: readonly Case[],
  holds: (smaller: Case) => Promise<boolean>,
): Promise<Case | undefined> {
  const [first, ...others] = cases;
  if (first === undefined) return undefined;
  return (await holds(first)) ? first : firstThat(others, holds);
}

function smallerCases(question: LookupCase): LookupCase[] {
  const { kind, image, secrets, node } = question;
  const withSecrets = (fewer: LookupCase['secrets']) => ({ ...question, secrets: fewer });
  const withDirs = (dirs: NodeCase['dirs']) => ({ kind, image, secrets, node: { dirs } });
  return [
    ...(node === undefined ? [] : [{ kind, image, secrets }]),
    ...secrets.map((_, index) => withSecrets(secrets.toSpliced(index, 1))),
    ...(node?.dirs ?? []).flatMap((directory, index, dirs) =>
      withoutOneFile(directory).map((smaller) => withDirs(dirs.with(index, smaller))),
    ),
  ];
}

function withoutOneFile(directory: DirectoryCase): DirectoryCase[] {
  const files = Object.entries(directory);
  return files.map((_, index) => Object.fromEntries(files.toSpliced(index, 1)));
}

/** A case for reading: the documents as text. */
export function describe(question: Case): string {
  if (question.kind !== 'lookup') return JSON.stringify(question);
  const lines = [`image ${JSON.stringify(question.image)}`];
  for (const { namespace, name, type, data } of question.secrets) {
    lines.push(`secret ${namespace}/${name} of type ${JSON.stringify(type)}`);
    for (const [key, value] of Object.entries(data)) lines.push(`  ${key}: ${decoded(value)}`);
  }
  question.node?.dirs.forEach((directory, index) => {
    for (const [name, content] of Object.entries(directory)) {
      lines.push(`file ${index}/${name}: ${content === null ? 'a directory' : decoded(content)}`);
    }
  });
  return lines.join('\n');
}

function decoded(base64: string): string {
  const text = JSON.stringify(Buffer.from(base64, 'base64').toString('latin1'));
  return text.length > 4000 ? `${text.slice(0, 2000)} … ${text.slice(-2000)}` : text;
}
