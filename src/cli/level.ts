// One level of the command line (the program, a group, a command), parsed by commander, with errors
// in our own words and options in any order.
import { Argument, Option, Command as Parser } from 'commander';
import { suggest } from '../kit/suggest.ts';
import { type CommandArgument, type CommandOption, UsageError } from './command.ts';

type Values = Record<string, string | boolean | readonly string[] | undefined>;

const helpFlags = new Set(['-h', '--help']);

export class Level extends Parser {
  override createCommand(name?: string): Level {
    return new Level(name);
  }

  /** @param name as it is written behind the dashes */
  declareOption(name: string, { type, help, value, short, multiple }: CommandOption): void {
    const flag = `${short === undefined ? '' : `-${short}, `}--${name}`;
    const option = new Option(type === 'string' ? `${flag} ${value ?? '<value>'}` : flag, help);
    // A list by commander itself would take the arguments behind the option, too.
    if (multiple) option.argParser((one: string, all: string[] = []) => [...all, one]);
    this.addOption(option);
  }

  declareArgument({ name, help }: CommandArgument): void {
    this.addArgument(new Argument(name, help));
  }

  /** The given values, by the names of their options. */
  givenValues(): Values {
    const given = this.opts();
    const pairs = this.options.flatMap((option) => {
      const value = given[option.attributeName()];
      return value === undefined ? [] : [[option.name(), value]];
    });
    return Object.fromEntries(pairs);
  }

  /** Refuses a word that is no command of this level, or a missing one. @throws {UsageError} */
  refuseCommand(): never {
    const kind = this.parent === null ? 'command' : 'subcommand';
    const names = this.commands.map((command) => command.name());
    const [word] = this.args;
    if (word === undefined && kind === 'command')
      throw new UsageError(`No command.\n\n${this.helpInformation()}`);
    if (word === undefined) throw new UsageError(`No subcommand; there are: ${names.join(', ')}.`);
    if (isOption(word)) throw new UsageError(`unknown option "${word}".`);
    const meant =
      suggest(word, names) ?? names.find((known) => word.length > 2 && known.startsWith(word));
    const hint =
      meant === undefined ? `there are: ${names.join(', ')}.` : `did you mean "${meant}"?`;
    throw new UsageError(`unknown ${kind} "${word}"; ${hint}`);
  }

  override parseOptions(argv: string[]): { operands: string[]; unknown: string[] } {
    return super.parseOptions(this.#ordered(argv));
  }

  /** commander calls it for every error. @throws {UsageError} */
  override error(message: string, { code }: { code?: string } = {}): never {
    const usage = this.createHelp().commandUsage(this);
    throw new UsageError(`${this.#reworded(message, code)}\nUsage: ${usage}`);
  }

  #reworded(message: string, code: string | undefined): string {
    if (code === 'commander.excessArguments')
      return `unexpected argument "${this.args[this.registeredArguments.length]}".`;
    if (code === 'commander.missingArgument') return `${this.missing(this.args.length)}.`;
    const [, words = message, hint] =
      /^error: (.*?)(?:\n\(Did you mean (.*)\?\))?$/s.exec(message) ?? [];
    const text = words.replace(/'(.*)'/s, '"$1"').replace(/ argument missing$/, ' needs a value');
    if (hint === undefined) return `${text}.`;
    return `${text}; did you mean ${hint.startsWith('one of ') ? hint : `"${hint}"`}?`;
  }

  /** Says that the argument at this place is missing; without a full stop. */
  missing(at: number): string {
    const argument = this.registeredArguments[Math.min(at, this.registeredArguments.length - 1)]!;
    return `missing argument <${argument.name()}>: ${argument.description}`;
  }

  /**
   * The arguments in the order that commander wants. Options of a subcommand may stand before its
   * name, and `--help` anywhere. A value that begins with a dash is taken for the next option,
   * unless it is written as `--name=-x`.
   */
  #ordered(argv: string[]): string[] {
    const valued = this.#optionsWithValue();
    const at = firstOperand(argv, valued);
    const word = argv[at];
    const own = untilDashes(argv);
    const isGroup = this.commands.length > 0;
    if (own.some((one) => helpFlags.has(one))) {
      if (!isGroup || word === undefined) return ['--help'];
      if (!this.commands.some((command) => command.name() === word)) return [word];
      return this.parent === null ? argv : [word, '--help'];
    }
    const open = own.find((one, index) => valued.has(one) && isOption(own[index + 1] ?? ''));
    if (open !== undefined) this.error(`error: option '${open}' argument missing`);
    if (!isGroup || this.parent === null || word === undefined) return argv;
    return [word, ...argv.slice(0, at), ...argv.slice(at + 1)];
  }

  /** Those of this level, and of its commands as far as they are loaded. */
  #optionsWithValue(): ReadonlySet<string> {
    const options = [this, ...this.commands].flatMap((level) => level.options);
    return new Set(
      options.flatMap(({ required, short, long }) => (required ? [short ?? '', long ?? ''] : [])),
    );
  }
}

function isOption(word: string): boolean {
  return word.length > 1 && word.startsWith('-');
}

function untilDashes(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end < 0 ? argv : argv.slice(0, end);
}

/** Index of the first word that is neither an option nor the value of one; -1 if there is none. */
export function firstOperand(argv: readonly string[], valued: ReadonlySet<string>): number {
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at]!;
    if (word === '--') return -1;
    if (!isOption(word)) return at;
    if (valued.has(word)) at += 1;
  }
  return -1;
}
