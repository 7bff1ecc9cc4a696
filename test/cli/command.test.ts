// The table of commands, and the error for a wrong command line.
import { expect, test } from 'vitest';
import { type Command, entry, UsageError } from '../../src/cli/command.ts';

test('an entry has its line for the help, and gives its command as often as it is asked', async () => {
  const command: Command = { options: {}, run: async () => 0 };
  const { summary, load } = entry('Does nothing', command);
  expect(summary).toBe('Does nothing');
  expect((await load()).command).toBe(command);
  expect((await load()).command).toBe(command);
});

test('wrong usage differs from every other error by its class and its name', () => {
  const error: Error = new UsageError('unknown command "x"');
  expect([error.name, error.message]).toEqual(['UsageError', 'unknown command "x"']);
  expect(new Error('x')).not.toBeInstanceOf(UsageError);
});
