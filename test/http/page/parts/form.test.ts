// Forms: values come from the address, and a button acts only for who may.
import { expect, test } from 'vitest';
import {
  ActButton,
  Field,
  sinkChoices,
  sourceChoices,
} from '../../../../src/http/page/parts/form.tsx';
import type { Database } from '../../../../src/store/database.ts';
import { ann } from '../../../operations/acting.ts';
import { visitOf } from '../visiting.ts';

const drawn = async (element: unknown) => String(await (element as Promise<string>));
const visit = (path: string, more = {}) => visitOf({} as Database, path, more);

test('a field shows what the address says, as text', async () => {
  const field = Field({ visit: visit('/?q=%22%3E%3Cb%3E'), name: 'q', label: 'Search' });
  expect(await drawn(field)).toContain('value="&quot;&gt;&lt;b&gt;"');
});

test('a choice of the address is chosen', async () => {
  const choices = ['a', 'b'].map((value) => ({ value, text: value }));
  const field = Field({ visit: visit('/?q=b'), name: 'q', label: 'Q', choices });
  expect(await drawn(field)).toMatch(/<option value="b" selected[^>]*>b/);
});

test('a choice of the address stays, though it is not on the list', async () => {
  const at = (path: string) =>
    drawn(Field({ visit: visit(path), name: 'q', label: 'Q', choices: sinkChoices(visit('/')) }));
  expect(await at('/?q=old%3C')).toMatch(/<option value="old&lt;" selected[^>]*>old&lt;/);
  expect(await at('/?q=soc')).not.toMatch(/value="soc".*value="soc"/);
  expect(await at('/')).not.toContain('value=""></option>');
});

test('sinks and sources of the configuration can be chosen, and none', () => {
  const known = { sinks: ['soc', 'mail'], sources: ['a'] };
  const values = (choices: readonly { readonly value: string }[]) =>
    choices.map(({ value }) => value);
  expect(values(sinkChoices(visit('/', { known })))).toEqual(['', 'soc', 'mail']);
  expect(values(sourceChoices(visit('/', { known })))).toEqual(['', 'a']);
});

test('a button posts its fields', async () => {
  const button = ActButton({ visit: visit('/'), action: '/x', text: 'Do 3', hidden: { n: '<3>' } });
  expect(await drawn(button)).toBe(
    '<form method="post" action="/x" class="row"><input type="hidden" name="n" value="&lt;3&gt;"/>' +
      '<button type="submit" class="primary">Do 3</button></form>',
  );
});

test('who may only look gets no button', async () => {
  const reader = visit('/', { actor: { ...ann, role: 'read' } });
  expect(await drawn(ActButton({ visit: reader, action: '/x', text: 'Do' }))).not.toContain(
    '<form',
  );
});
