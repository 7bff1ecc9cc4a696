import { describe, expect, it } from 'vitest';
import { type Command, type CommandArguments, type CommandIo, UsageError } from '../../src/cli/command.ts';
import { type CommandTable, dispatch } from '../../src/cli/dispatch.ts';
import { ConfigError } from '../../src/kit/errors.ts';

function setUp(run: Command['run'] = async () => 0) {
  const calls: CommandArguments[] = [];
  const loaded: string[] = [];
  const command: Command = {
    summary: 'Posts a sample',
    usage: 'test <sink> [--count <n>] [--json]',
    options: {
      count: { type: 'string', help: 'How many', value: '<n>' },
      json: { type: 'boolean', short: 'j', help: 'For programs' },
    },
    positionals: { min: 1, max: 1 },
    run(args, io) {
      calls.push(args);
      return run(args, io);
    },
  };
  const plain: Command = { summary: 'Does nothing', usage: 'serve', options: {}, run: async () => 0 };
  const table: CommandTable = {
    serve: async () => ({ command: plain }),
    test: async () => {
      loaded.push('test');
      return { command };
    },
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

  it('loads no other command', async () => {
    const { call, loaded } = setUp();
    await call('serve');
    expect(loaded).toEqual([]);
  });

  it.each([
    ['an unknown command that resembles one', ['tset'], '"tset" is not a command. Did you mean "test"?'],
    ['the beginning of a command', ['ser'], '"ser" is not a command. Did you mean "serve"?'],
    ['an unknown command', ['frobnicate'], '"frobnicate" is not a command. There are: serve, test.'],
    ['a word of the language', ['constructor'], '"constructor" is not a command.'],
    ['an unknown option', ['test', 'soc', '--jsno'], "Unknown option '--jsno'.\nUsage: tocsin test <sink>"],
    [
      'an option without its value',
      ['test', 'soc', '--count'],
      "Option '--count <value>' argument missing.\nUsage: tocsin test <sink>",
    ],
    ['too few arguments', ['test'], 'Something is missing.\nUsage: tocsin test <sink>'],
    ['too many arguments', ['test', 'soc', 'two'], '"two" is too much.\nUsage: tocsin test <sink>'],
    ['arguments for a command without', ['serve', 'now'], '"now" is too much.\nUsage: tocsin serve'],
    ['no command', [], 'No command.'],
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
    expect(output.stdout).toMatch(/^ {2}test {3}Posts a sample$/m);
    expect(output.stdout).toMatch(/^ {2}serve {2}Does nothing$/m);
  });

  it.each([[['test', '--help']], [['test', 'soc', '-h']], [['help', 'test']]])(
    '%j explains one command without running it',
    async (argv) => {
      const { call, calls, output } = setUp();
      expect(await call(...argv)).toBe(0);
      expect(output.stdout).toContain('Usage: tocsin test <sink>');
      expect(output.stdout).toMatch(/^ {2}--count <n> {2}How many$/m);
      expect(output.stdout).toMatch(/^ {2}-j, --json {3}For programs$/m);
      expect(calls).toEqual([]);
    },
  );

  it.each([['--version'], ['-V'], ['version']])('%s says the version and nothing else', async (word) => {
    const { call, output } = setUp();
    expect(await call(word)).toBe(0);
    expect(output.stdout).toBe('1.2.3\n');
  });
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
    const { call, output } = setUp(() => Promise.reject(new Error('Failed query: select secret', { cause })));
    expect(await call('test', 'soc')).toBe(1);
    expect(output.stderr).toBe('tocsin test: a statement failed in the database: connection refused\n');
  });

  it('in whole sentences has its cause behind them', async () => {
    const cause = new Error("EACCES: permission denied, open '/data/x'");
    const { call, output } = setUp(() => Promise.reject(new Error('DATA_DIR (/data): set it to another.', { cause })));
    expect(await call('test', 'soc')).toBe(1);
    expect(output.stderr).toBe(
      "tocsin test: DATA_DIR (/data): set it to another. (EACCES: permission denied, open '/data/x')\n",
    );
  });

  it('by a defect tells where in the code', async () => {
    const { call, output } = setUp(() => Promise.reject(new TypeError('x is undefined')));
    expect(await call('test', 'soc')).toBe(1);
    expect(output.stderr).toMatch(/^tocsin test: x is undefined\n {4}at /);
  });
});
