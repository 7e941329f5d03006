// The scripts by which shells complete docker-keyring: data from the commander program, and a little of each shell.

import type { CompletedCommand, CompletedOption, CompletedValue } from './command-tree.ts';

/** A shell that completes commands. */
export type Shell = 'bash' | 'zsh' | 'fish';

/** Makes the script of a shell. */
export function completionScript(shell: Shell, tree: readonly CompletedCommand[]): string {
  return WRITERS[shell](tree);
}

const WRITERS: Readonly<Record<Shell, (tree: readonly CompletedCommand[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

const paths = (tree: readonly CompletedCommand[]): string =>
  tree
    .filter(({ path }) => path !== '')
    .map(({ path }) => path)
    .join('|');

const optionsOf = ({ options }: CompletedCommand): string =>
  options.flatMap(({ names }) => names).join(' ');

/** A branch of `case` for each option with a value; the way it is completed is the shell's. */
function valueCases(
  tree: readonly CompletedCommand[],
  complete: (value: CompletedValue) => string,
): string {
  return tree
    .flatMap(({ path, options }) =>
      options.flatMap(({ names, value }) =>
        value === undefined
          ? []
          : [
              `    ${names.map((name) => `'${path} ${name}'`).join('|')}) ${complete(value)}return ;;`,
            ],
      ),
    )
    .join('\n');
}

const words = (list: string): string => `COMPREPLY=($(compgen -W "${list}" -- "$word")); `;

const bashComplete = (value: CompletedValue): string => {
  if (value === 'other') return '';
  return value === 'file' ? '_docker_keyring_files; ' : words(value.join(' '));
};

function bashScript(tree: readonly CompletedCommand[]): string {
  const cases = tree.map((one) => {
    const commands = one.commands.map(({ name }) => name).join(' ');
    const rest = one.isForFiles ? '_docker_keyring_files' : words(commands).trim();
    return `    '${one.path}') if [[ $word == -* ]]; then ${words(optionsOf(one))}else ${rest.replace(/;$/, '')}; fi ;;`;
  });
  return `# bash completion of docker-keyring: source <(docker-keyring completion bash)
_docker_keyring_files() {
  local IFS=$'\\n'
  compopt -o filenames 2> /dev/null
  COMPREPLY=($(compgen -f -- "$word"))
}
_docker_keyring() {
  local word=\${COMP_WORDS[COMP_CWORD]} at= i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at/\${COMP_WORDS[i]}" in
    ${paths(tree)}) at="$at/\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$at \${COMP_WORDS[COMP_CWORD - 1]}" in
${valueCases(tree, bashComplete)}
  esac
  case "$at" in
${cases.join('\n')}
  esac
}
complete -F _docker_keyring docker-keyring
`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const zshComplete = (value: CompletedValue): string => {
  if (value === 'other') return '';
  return value === 'file' ? '_files; ' : `compadd -- ${value.join(' ')}; `;
};
const described = (name: string, description: string): string =>
  quoted(`${name.replaceAll(':', String.raw`\:`)}:${description}`);

function zshScript(tree: readonly CompletedCommand[]): string {
  const cases = tree.map(({ path, commands, options, isForFiles }) => {
    const names = commands.map(({ name, description }) => described(name, description));
    const flags = options.flatMap((one) =>
      one.names.map((name) => described(name, one.description)),
    );
    const rest = isForFiles ? '_files; ' : '';
    return `    '${path}') names=(${names.join(' ')}); flags=(${flags.join(' ')}); ${rest};;`;
  });
  return `#compdef docker-keyring
# zsh completion of docker-keyring: source <(docker-keyring completion zsh), or a file of $fpath
_docker_keyring() {
  local at= i
  local -a names flags
  for ((i = 2; i < CURRENT; i++)); do
    case "$at/\${words[i]}" in
    ${paths(tree)}) at="$at/\${words[i]}" ;;
    esac
  done
  case "$at \${words[CURRENT - 1]}" in
${valueCases(tree, zshComplete)}
  esac
  case "$at" in
${cases.join('\n')}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    _describe -o option flags
  elif ((#names)); then
    _describe command names
  fi
}
if [ "\${funcstack[1]}" = _docker_keyring ]; then
  _docker_keyring
else
  compdef _docker_keyring docker-keyring
fi
`;
}

function fishScript(tree: readonly CompletedCommand[]): string {
  const lines = tree.flatMap(({ path, commands, options, isForFiles }) => {
    const start = `complete -c docker-keyring -n '__docker_keyring_at "${path}"'`;
    return [
      ...commands.map(
        ({ name, description }) => `${start} -a ${name} -d ${fishQuoted(description)}`,
      ),
      ...(isForFiles ? [`${start} -F`] : []),
      ...options.map((option) => `${start} ${fishOption(option)}`),
    ];
  });
  return `# fish completion of docker-keyring: docker-keyring completion fish | source
function __docker_keyring_at
    set -l at ''
    for word in (commandline -opc)[2..-1]
        if string match -qr -- '^(?:${paths(tree)})$' "$at/$word"
            set at "$at/$word"
        end
    end
    test "$at" = "$argv[1]"
end
complete -c docker-keyring -f
${lines.join('\n')}
`;
}

function fishOption({ names, description, value }: CompletedOption): string {
  const flags = names.map((name) =>
    name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  const text = description === '' ? [] : [`-d ${fishQuoted(description)}`];
  return [...flags, ...valueOfFish(value), ...text].join(' ');
}

function valueOfFish(value: CompletedValue | undefined): readonly string[] {
  if (value === undefined) return [];
  if (value === 'file') return ['-r', '-F'];
  return value === 'other' ? ['-x'] : ['-x', '-a', `'${value.join(' ')}'`];
}

const fishQuoted = (text: string): string => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
