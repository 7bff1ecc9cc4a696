// A package that is not installed is named, with what to do; any other error stays what it is.
import { expect, it } from 'vitest';
import { optionalLibrary } from '../../src/kit/optional-library.ts';
import { adapterError } from '../contract/adapter-cases.ts';

it('is what the package exports', async () => {
  const library = await optionalLibrary('bell', 'zod', () => import('zod'));
  expect(library.z.string().parse('a')).toBe('a');
});

it('that is not installed is named, with the command that installs it', async () => {
  const name = 'tocsin-no-such-package';
  const missing = optionalLibrary('bell', name, () => import(/* @vite-ignore */ name));
  expect(await adapterError(missing)).toMatchObject({
    outcome: 'reject_sink',
    reason: 'bad_config',
    message: `The sink \`bell\` needs the package \`${name}\`: npm install ${name}`,
  });
});

it('that is broken is not called missing', async () => {
  const broken = new Error('it needs a newer Node');
  await expect(optionalLibrary('bell', 'zod', () => Promise.reject(broken))).rejects.toBe(broken);
});
