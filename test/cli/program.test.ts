// What is known of a command line while it is read, for the message if it goes wrong.
import { expect, test } from 'vitest';
import { type Command, type CommandIo, type CommandTable, entry } from '../../src/cli/command.ts';
import { isGroup, type Progress, runProgram } from '../../src/cli/program.ts';

const io: CommandIo = { env: {}, directory: '/', version: '1', stdout() {}, stderr() {} };

function setUp(run: Command['run'], more: Partial<CommandIo> = {}) {
  const leaf: Command = { options: {}, handlesSignals: true, run };
  const table: CommandTable = {
    dead: entry('Of the dead', { subcommands: { list: entry('Lists', leaf) } }),
  };
  const progress: Progress = { io: { ...io, ...more }, path: [], code: 0 };
  return { leaf, progress, call: (...argv: string[]) => runProgram(argv, table, progress) };
}

test('the path and the exit code of the command that ran', async () => {
  const { call, progress } = setUp(async () => 3);
  await call('dead', 'list');
  expect(progress).toMatchObject({ path: ['dead', 'list'], code: 3 });
});

test('the path as far as it was read, of a command line that is wrong', async () => {
  const { call, progress } = setUp(async () => 0);
  await expect(call('dead', 'lust')).rejects.toThrow(
    'unknown subcommand "lust"; did you mean "list"?',
  );
  expect(progress.path).toEqual(['dead']);
});

test('onCommand gets the command before it runs, and nothing if only its help is printed', async () => {
  const heard: unknown[] = [];
  const { call, leaf } = setUp(async () => heard.push('run'), {
    onCommand: (command) => heard.push(command),
  });
  await call('dead', 'list');
  expect(heard).toEqual([leaf, 'run']);
  await expect(call('dead', 'list', '--help')).rejects.toMatchObject({ exitCode: 0 });
  expect(heard).toHaveLength(2);
});

test('a group is told from a command', () => {
  expect(isGroup({ subcommands: {} })).toBe(true);
  expect(isGroup({ options: {}, run: async () => 0 })).toBe(false);
});
