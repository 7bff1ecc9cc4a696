import { describe, expect, it } from 'vitest';
import {
  type Command,
  type CommandArguments,
  type CommandGroup,
  type CommandIo,
  type CommandTable,
  entry,
  UsageError,
} from '../../src/cli/command.ts';
import { dispatch } from '../../src/cli/dispatch.ts';
import { ConfigError } from '../../src/kit/errors.ts';

function setUp(run: Command['run'] = async () => 0) {
  const calls: CommandArguments[] = [];
  const loaded: string[] = [];
  const command: Command = {
    options: {
      count: { type: 'string', help: 'How many', value: '<n>' },
      json: { type: 'boolean', short: 'j', help: 'For programs' },
    },
    arguments: [{ name: '<sink>', help: 'the id of a sink' }],
    run(args, io) {
      calls.push(args);
      return run(args, io);
    },
  };
  const plain: Command = { options: {}, run: async () => 0 };
  const end: Command = {
    arguments: [
      { name: '<id>', help: 'a number, as the list shows it' },
      { name: '[more...]', help: 'others' },
    ],
    options: {
      owner: { type: 'string', value: '<who>', help: 'Whose it is' },
      'with-dashes': { type: 'boolean', help: 'Of two words' },
      match: { type: 'string', multiple: true, value: '<key>', help: 'What it is about' },
    },
    run: command.run,
  };
  const group: CommandGroup = {
    details: 'About all of it.',
    subcommands: { list: entry('Lists', plain), end: entry('Ends one', end) },
  };
  const table: CommandTable = {
    serve: entry('Does nothing', plain),
    test: {
      summary: 'Posts a sample',
      async load() {
        loaded.push('test');
        return { command };
      },
    },
    silence: entry('Is quiet', group),
  };
  const output = { stdout: '', stderr: '' };
  const io: CommandIo = {
    env: {},
    directory: '/',
    version: '1.2.3',
    stdout: (text) => {
      output.stdout += text;
    },
    stderr: (text) => {
      output.stderr += text;
    },
  };
  return { calls, loaded, output, call: (...argv: string[]) => dispatch(argv, table, io) };
}

describe('a command line', () => {
  it('runs its command with options and arguments, and gives its exit code', async () => {
    const { call, calls } = setUp(async () => 1);
    expect(await call('test', 'soc', '--count', '3', '-j')).toBe(1);
    expect(calls).toMatchObject([{ values: { count: '3', json: true }, positionals: ['soc'] }]);
  });

  it.each([
    [['serve']],
    [['--help']],
    [['--version']],
    [['silence', 'list']],
    [['silence', '--help']],
    [['tset']],
  ])('loads no other command for %j', async (argv) => {
    const { call, loaded } = setUp();
    await call(...argv);
    expect(loaded).toEqual([]);
  });

  it.each([
    [['silence', 'end', '3', '--owner', 'anna']],
    [['silence', '--owner', 'anna', 'end', '3']],
    [['silence', '--owner=anna', 'end', '--', '3']],
    [['silence', 'end', '--owner', 'list', '--owner', 'anna', '3']],
  ])('%j runs a subcommand, wherever its options stand', async (argv) => {
    const { call, calls } = setUp();
    expect(await call(...argv)).toBe(0);
    expect(calls).toEqual([{ values: { owner: 'anna' }, positionals: ['3'] }]);
  });

  it('gives a list of what may be given several times, and names as they are written', async () => {
    const { call, calls } = setUp();
    expect(
      await call('silence', 'end', '--match', 'a', '3', '--match', 'b', '4', '--with-dashes'),
    ).toBe(0);
    expect(calls).toEqual([
      { values: { match: ['a', 'b'], 'with-dashes': true }, positionals: ['3', '4'] },
    ]);
  });

  it('takes a value that begins with a dash if that is said, a lone dash, and what follows two dashes', async () => {
    const { call, calls } = setUp();
    expect(await call('silence', 'end', '--owner=-x', '--match', '-', '--', '-3', '--owner')).toBe(
      0,
    );
    expect(calls).toEqual([
      { values: { owner: '-x', match: ['-'] }, positionals: ['-3', '--owner'] },
    ]);
  });

  it.each([
    [
      'an unknown command that resembles one',
      ['tset'],
      'unknown command "tset"; did you mean "test"?\nSee tocsin --help.',
    ],
    ['the beginning of a command', ['ser'], 'unknown command "ser"; did you mean "serve"?'],
    [
      'an unknown command',
      ['frobnicate'],
      'unknown command "frobnicate"; there are: serve, test, silence.',
    ],
    ['a word of the language', ['constructor'], 'unknown command "constructor"; there are: serve,'],
    [
      'an unknown option',
      ['test', 'soc', '--jsno'],
      'unknown option "--jsno"; did you mean "--json"?\nUsage: tocsin test <sink>',
    ],
    [
      'an option without its value',
      ['test', 'soc', '--count'],
      'option "--count <n>" needs a value.\nUsage: tocsin test <sink>',
    ],
    [
      'too few arguments',
      ['test'],
      'missing argument <sink>: the id of a sink.\nUsage: tocsin test <sink>',
    ],
    [
      'too many arguments',
      ['test', 'soc', 'two'],
      'unexpected argument "two".\nUsage: tocsin test <sink>',
    ],
    [
      'arguments for a command without',
      ['serve', 'now'],
      'unexpected argument "now".\nUsage: tocsin serve',
    ],
    ['no command', [], 'No command.'],
    ['an empty argument', ['test', ''], 'missing argument <sink>: the id of a sink.'],
    [
      'an option in place of a value',
      ['test', 'soc', '--count', '--json'],
      'option "--count" needs a value.',
    ],
    [
      'a value for an option that takes none',
      ['test', 'soc', '--json=yes'],
      'unknown option "--json=yes"',
    ],
    ['an option in place of a command', ['--jsno', 'test'], 'unknown option "--jsno".'],
    [
      'no subcommand',
      ['silence'],
      'No subcommand; there are: list, end.\nSee tocsin silence --help.',
    ],
    [
      'an unknown subcommand',
      ['silence', 'ends', '3'],
      'unknown subcommand "ends"; did you mean "end"?\nSee tocsin silence --help.',
    ],
    [
      'a word of the language below a command',
      ['silence', 'toString'],
      'unknown subcommand "toString"; there are: list, end.',
    ],
    [
      'an argument for another subcommand',
      ['silence', 'list', '3'],
      'unexpected argument "3".\nUsage: tocsin silence list',
    ],
    [
      'an option of another subcommand',
      ['silence', 'list', '--owner', 'a'],
      'unknown option "--owner".',
    ],
    [
      'a slip in a subcommand’s option',
      ['silence', 'end', '3', '--onwer', 'a'],
      'unknown option "--onwer"; did you mean "--owner"?\nUsage: tocsin silence end <id> [more...] [options]\nSee tocsin silence end --help.',
    ],
  ])('with %s is wrong usage and runs nothing', async (_, argv, message) => {
    const { call, calls, output } = setUp();
    expect(await call(...argv)).toBe(2);
    expect(output.stderr).toContain(`tocsin: ${message}`);
    expect(output.stdout).toBe('');
    expect(calls).toEqual([]);
  });
});

describe('help and version', () => {
  it.each([['--help'], ['-h'], ['help']])('%s lists the commands on stdout', async (word) => {
    const { call, output } = setUp();
    expect(await call(word)).toBe(0);
    expect(output.stdout).toMatch(/^ {2}test {2,}Posts a sample$/m);
    expect(output.stdout).toMatch(/^ {2}serve {2,}Does nothing$/m);
    expect(output.stdout).toMatch(/^ {2}--env-file <file> {2,}\S/m);
    expect(output.stdout).toMatch(/^Exit codes: 0 done, 1 failed, 2 wrong usage,/m);
  });

  it.each([[['test', '--help']], [['test', 'soc', '-h']], [['help', 'test']]])(
    '%j explains one command without running it',
    async (argv) => {
      const { call, calls, output } = setUp();
      expect(await call(...argv)).toBe(0);
      expect(output.stdout).toContain('Usage: tocsin test <sink>');
      expect(output.stdout).toMatch(/^ {2}--count <n> {2}How many$/m);
      expect(output.stdout).toMatch(/^ {2}-j, --json {3}For programs$/m);
      expect(output.stdout).toMatch(/^ {2}sink {2,}the id of a sink$/m);
      expect(output.stdout).toMatch(/^Posts a sample\.$/m);
      expect(calls).toEqual([]);
    },
  );

  it.each([[['silence', '--help']], [['help', 'silence']], [['silence', '-h', '--owner']]])(
    '%j lists the subcommands',
    async (argv) => {
      const { call, output } = setUp();
      expect(await call(...argv)).toBe(0);
      expect(output.stdout).toContain(
        'Usage: tocsin silence <subcommand> [options]\n\nIs quiet.\n\nAbout all of it.',
      );
      expect(output.stdout).toMatch(/^ {2}end {2,}Ends one$/m);
    },
  );

  it.each([
    [['silence', 'end', '--help']],
    [['help', 'silence', 'end']],
    [['silence', '--owner', 'a', 'end', '-h']],
  ])('%j explains one subcommand', async (argv) => {
    const { call, calls, output } = setUp();
    expect(await call(...argv)).toBe(0);
    expect(output.stdout).toContain(
      'Usage: tocsin silence end <id> [more...] [options]\n\nEnds one.',
    );
    expect(calls).toEqual([]);
  });

  it('of an unknown command is wrong usage', async () => {
    const { call, output } = setUp();
    expect([await call('help', 'tset'), await call('tset', '--help')]).toEqual([2, 2]);
    expect(output.stdout).toBe('');
  });

  it.each([['--version'], ['-V'], ['version']])(
    '%s says the version and nothing else',
    async (word) => {
      const { call, output } = setUp();
      expect(await call(word)).toBe(0);
      expect(output.stdout).toBe('1.2.3\n');
    },
  );
});

describe('what a command throws', () => {
  it('about the configuration is listed whole, each problem with its remedy, and gives 78', async () => {
    const { call, output } = setUp(() =>
      Promise.reject(
        new ConfigError([
          { where: 'PORT', problem: 'is not a number', remedy: 'Set it to 8080' },
          { where: 'TZ', problem: 'is not a time zone', remedy: 'Did you mean "UTC"?' },
        ]),
      ),
    );
    expect(await call('test', 'soc')).toBe(78);
    expect(output.stderr).toBe(
      'tocsin: the configuration has 2 problems:\n' +
        '\n  PORT is not a number.\n    Set it to 8080.\n' +
        '\n  TZ is not a time zone.\n    Did you mean "UTC"?\n',
    );
  });

  it('about its usage gives 2', async () => {
    const { call, output } = setUp(() => Promise.reject(new UsageError('There is no sink "soc".')));
    expect(await call('test', 'soc')).toBe(2);
    expect(output.stderr).toBe('tocsin: There is no sink "soc".\nSee tocsin test --help.\n');
  });

  it('otherwise gives 1 and the message with its code, never a statement of the database', async () => {
    const cause = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });
    const { call, output } = setUp(() =>
      Promise.reject(new Error('Failed query: select secret', { cause })),
    );
    expect(await call('test', 'soc')).toBe(1);
    expect(output.stderr).toBe(
      'tocsin test: a statement failed in the database: connection refused (ECONNREFUSED)\n',
    );
  });

  it('in whole sentences has its cause behind them', async () => {
    const cause = new Error("EACCES: permission denied, open '/data/x'");
    const { call, output } = setUp(() =>
      Promise.reject(new Error('DATA_DIR (/data): set it to another.', { cause })),
    );
    expect(await call('test', 'soc')).toBe(1);
    expect(output.stderr).toBe(
      "tocsin test: DATA_DIR (/data): set it to another. (EACCES: permission denied, open '/data/x')\n",
    );
  });

  it('by a defect names the place in the code', async () => {
    const { call, output } = setUp(() => Promise.reject(new TypeError('x is undefined')));
    expect(await call('test', 'soc')).toBe(1);
    expect(output.stderr).toMatch(/^tocsin test: x is undefined\n {4}at /);
  });
});
