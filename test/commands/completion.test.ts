// `tocsin completion` as it is typed: every command and option that there is, without starting any.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { builtFile } from '../support/built.ts';

const tocsin = (...argv: string[]) =>
  spawnSync(process.execPath, [builtFile('main.ts'), ...argv], { encoding: 'utf8', env: {} });

test.each(['bash', 'zsh'])('%s gets every command and subcommand', (shell) => {
  const { status, stdout, stderr } = tocsin('completion', shell);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const help = tocsin('--help').stdout;
  const names = [...help.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name]) => name!);
  expect(names).toContain('completion');
  for (const name of names) expect(stdout).toContain(`'${name}')`);
  for (const path of ['dead redrive', 'source adopt', 'silence end', 'routes diff', 'config show'])
    expect(stdout).toContain(`'${path}')`);
  for (const option of ['--from-data-dir', '--all-events', '--env-file'])
    expect(stdout).toContain(option);
});

test('each says where it belongs, and no other shell is known', () => {
  expect(tocsin('completion', 'bash', '--help').stdout).toContain(
    'eval "$(tocsin completion bash)"',
  );
  const other = tocsin('completion', 'fish');
  expect([other.status, other.stderr]).toEqual([
    2,
    'tocsin: unknown subcommand "fish"; there are: bash, zsh.\nSee tocsin completion --help.\n',
  ]);
});
