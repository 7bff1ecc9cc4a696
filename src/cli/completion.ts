// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a shell
// Completes the command line in bash and zsh, by scripts made from the table of commands. Tocsin
// itself does not run when somebody presses Tab.
import type { Command, CommandEntry, CommandTable } from './command.ts';
import { beforeCommand, isGroup } from './program.ts';

export interface Word {
  readonly word: string;
  readonly summary: string;
  /** Of an option with a value: what that is, such as `<file>`. */
  readonly value?: string | undefined;
}

/** The words that may follow those of `path`. */
export interface CompletionLevel {
  /** `dead list`; empty for the program itself. */
  readonly path: string;
  readonly commands: readonly Word[];
  readonly options: readonly Word[];
}

/** The levels of the program and of every command. Loads all commands. */
export async function levelsOf(table: CommandTable): Promise<CompletionLevel[]> {
  const options = [...optionsOf(beforeCommand), { word: '--version', summary: 'Say the version' }];
  const below = Object.entries(table).map(([name, entry]) => levelsUnder(name, entry));
  return [{ path: '', commands: wordsOf(table), options }, ...(await Promise.all(below)).flat()];
}

async function levelsUnder(path: string, entry: CommandEntry): Promise<CompletionLevel[]> {
  const { command } = await entry.load();
  if (!isGroup(command)) return [{ path, commands: [], options: optionsOf(command.options) }];
  const { subcommands } = command;
  const below = Object.entries(subcommands).map(([name, one]) =>
    levelsUnder(`${path} ${name}`, one),
  );
  return [
    { path, commands: wordsOf(subcommands), options: help },
    ...(await Promise.all(below)).flat(),
  ];
}

const help: readonly Word[] = [{ word: '--help', summary: 'Say what there is' }];

function wordsOf(table: CommandTable): Word[] {
  return Object.entries(table).map(([word, { summary }]) => ({ word, summary }));
}

function optionsOf(options: Command['options']): Word[] {
  const words = Object.entries(options).map(
    ([name, { type, help: summary, value = '<value>' }]) => ({
      word: `--${name}`,
      summary,
      value: type === 'string' ? value : undefined,
    }),
  );
  return [...words, ...help];
}

/** Whether the value of the option names a file or a folder. */
function isFile({ value }: Word): boolean {
  return value === '<file>' || value === '<path>';
}

/**
 * Lines that both shells understand. They go through the words before the one to complete, set `at`
 * to the commands among them, and skip the values of options.
 */
function walk(levels: readonly CompletionLevel[], words: string): string[] {
  const valued = levels.flatMap(({ path, options }) =>
    options.flatMap(({ word, value }) => (value === undefined ? [] : [`'${path} ${word}'`])),
  );
  const paths = levels.flatMap(({ path }) => (path === '' ? [] : [`' ${path}'`]));
  return [
    "  at='' skip=''",
    `  for word in ${words}; do`,
    '    if [ -n "$skip" ]; then skip=\'\'; continue; fi',
    '    case "${at# } $word" in',
    `      ${valued.join('|')}) skip=1; continue ;;`,
    '    esac',
    '    case "$at $word" in',
    `      ${paths.join('|')}) at="$at $word" ;;`,
    '    esac',
    '  done',
    '  at="${at# }"',
  ];
}

/** Branches for a word that is the value of an option: it is a file, or nothing is offered. */
function valueBranches(levels: readonly CompletionLevel[], files: string): string[] {
  const patterns = (isMeant: (option: Word) => boolean) =>
    levels.flatMap(({ path, options }) =>
      options
        .filter((option) => option.value !== undefined && isMeant(option))
        .map(({ word }) => `'${path} ${word}'`),
    );
  const [named, other] = [patterns(isFile), patterns((option) => !isFile(option))];
  return [
    ...(named.length === 0 ? [] : [`    ${named.join('|')}) ${files}; return ;;`]),
    ...(other.length === 0 ? [] : [`    ${other.join('|')}) return ;;`]),
  ];
}

/** To be read by `eval` in bash 4 or newer. */
export function bashScript(levels: readonly CompletionLevel[]): string {
  const branches = levels.map(({ path, commands, options }) => {
    const words = [...commands, ...options].map(({ word }) => word);
    return `    '${path}') words='${words.join(' ')}' ;;`;
  });
  return [
    '_tocsin() {',
    '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" at skip word words',
    ...walk(levels, '"${COMP_WORDS[@]:1:COMP_CWORD-1}"'),
    '  COMPREPLY=()',
    '  case "$at $prev" in',
    ...valueBranches(
      levels,
      'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur"))',
    ),
    '  esac',
    '  case "$at" in',
    ...branches,
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    '}',
    'complete -F _tocsin tocsin',
    '',
  ].join('\n');
}

/** To be read by `eval` in zsh, after `compinit`. */
export function zshScript(levels: readonly CompletionLevel[]): string {
  const branches = levels.map(({ path, commands, options }) => {
    const words = [...commands, ...options].map(
      ({ word, summary }) => `'${quoted(`${word.replaceAll(':', '\\:')}:${summary}`)}'`,
    );
    return `    '${path}') choices=(${words.join(' ')}) ;;`;
  });
  return [
    '_tocsin() {',
    '  local at skip word prev="${words[CURRENT-1]}"',
    '  local -a choices',
    ...walk(levels, '"${words[@]:1:$((CURRENT-2))}"'),
    '  case "$at $prev" in',
    ...valueBranches(levels, '_files'),
    '  esac',
    '  case "$at" in',
    ...branches,
    '  esac',
    "  _describe 'tocsin' choices",
    '}',
    'compdef _tocsin tocsin',
    '',
  ].join('\n');
}

/** As it must be written within single quotes of a shell. */
function quoted(text: string): string {
  return text.replaceAll("'", "'\\''");
}
