// Who may act in a chat: the people whom a sink names, or the members of its channel.
import { describe, expect, test, vi } from 'vitest';
import { People } from '../../../src/core/chat/people.ts';
import type { People as Setting } from '../../../src/kit/people.ts';

const listed: Setting = [
  { id: 'u1', name: 'Ana', role: 'operate' },
  { username: '@Bob', role: 'read' },
  { id: 'u3', role: 'admin' },
];
const among = () => new People({ people: listed });

test.each([
  [
    { id: 'u1', name: 'whatever' },
    { name: 'Ana', role: 'operate' },
  ],
  [
    { id: 'u9', name: 'bob' },
    { name: 'bob', role: 'read' },
  ],
  [
    { id: 'u3', name: 'cleo' },
    { name: 'cleo', role: 'admin' },
  ],
  [{ id: 'u9', name: 'mallory' }, undefined],
  [{ id: 'u9', name: 'u3' }, undefined],
  [{ id: 'bob', name: 'mallory' }, undefined],
])('%j is %j', async (person, known) => {
  expect(await among().known(person)).toEqual(known);
});

test('whoever takes the name of somebody listed by id stays unknown', async () => {
  expect(await among().known({ id: 'u9', name: 'Ana' })).toBeUndefined();
});

test('a name that hides something is shown with it, and cut', async () => {
  const person = { id: 'u3', name: `ev\u202Eil\0${'x'.repeat(100)}` };
  const { name } = (await among().known(person))!;
  expect(name).not.toMatch(/[\0\u202E]/);
  expect((await among().known({ id: 'u3', name: 'a\nb' }))?.name).toBe('a⏎b');
  expect([...name].length).toBeLessThanOrEqual(64);
  expect((await among().known({ id: 'u3', name: ' ' }))?.name).toBe('u3');
});

function ofChannel(answers: boolean | Error) {
  const isMember = vi.fn(async () => {
    if (answers instanceof Error) throw answers;
    return answers;
  });
  let nowMs = 0;
  const people = new People({ people: 'members', isMember }, () => nowMs);
  return { people, isMember, pass: (ms: number) => (nowMs += ms) };
}

test('a member of the channel may operate, and the product is asked now and then', async () => {
  const { people, isMember, pass } = ofChannel(true);
  const ana = { id: 'u1', name: 'ana' };
  expect(await people.known(ana)).toEqual({ name: 'ana', role: 'operate' });
  pass(29_000);
  await people.known(ana);
  expect(isMember).toHaveBeenCalledTimes(1);
  pass(1_000);
  await people.known(ana);
  expect(isMember).toHaveBeenCalledTimes(2);
});

test('whoever joins is known after some seconds', async () => {
  const { people, isMember, pass } = ofChannel(false);
  expect(await people.known({ id: 'u1', name: 'ana' })).toBeUndefined();
  pass(6_000);
  await people.known({ id: 'u1', name: 'ana' });
  expect(isMember).toHaveBeenCalledTimes(2);
});

test('nobody is a member while the product does not answer', async () => {
  const { people } = ofChannel(new Error('down'));
  await expect(people.known({ id: 'u1', name: 'ana' })).rejects.toThrow('down');
  expect(await new People({ people: 'members' }).known({ id: 'u1', name: 'a' })).toBeUndefined();
});

test('it remembers a bounded number of people', async () => {
  const { people, isMember } = ofChannel(true);
  for (let index = 0; index <= 1000; index += 1) await people.known({ id: `u${index}`, name: 'x' });
  await people.known({ id: 'u0', name: 'x' });
  expect(isMember).toHaveBeenCalledTimes(1002);
});

test('it forgets whoever it asked about longest ago', async () => {
  const { people, isMember, pass } = ofChannel(true);
  const ask = (index: number) => people.known({ id: `u${index}`, name: 'x' });
  for (let index = 0; index < 1000; index += 1) await ask(index);
  pass(31_000);
  await ask(0);
  await ask(1000);
  await ask(0);
  expect(isMember).toHaveBeenCalledTimes(1002);
});

describe('by an e-mail address', () => {
  const byEmail: Setting = [
    { email: 'Ana@example.com', role: 'admin' },
    { email: 'kim@example.com', role: 'admin' },
    { username: 'bob', role: 'read' },
    { id: 'u3', role: 'operate' },
  ];
  const answering = (email: string | undefined) => {
    const emailOf = vi.fn(async () => email);
    return { emailOf, people: new People({ people: byEmail, emailOf }) };
  };

  test.each([
    ['ana@Example.com', { name: 'x', role: 'admin' }],
    ['ana@example.com.evil', undefined],
    ['an\u0430@example.com', undefined],
    // In lower case the sign of Kelvin is a k.
    ['\u212Aim@example.com', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j is %j', async (email, known) => {
    expect(await answering(email).people.known({ id: 'u1', name: 'x' })).toEqual(known);
  });

  test('the product is asked about nobody who is listed by id, and about others now and then', async () => {
    const { emailOf, people } = answering('ana@example.com');
    expect(await people.known({ id: 'u3', name: 'cleo' })).toMatchObject({ role: 'operate' });
    expect(emailOf).not.toHaveBeenCalled();
    for (const _ of [1, 2]) await people.known({ id: 'u1', name: 'ana' });
    expect(emailOf).toHaveBeenCalledTimes(1);
  });

  test('whoever takes a name that is listed stays who the address says', async () => {
    const { people } = answering('ana@example.com');
    expect(await people.known({ id: 'u1', name: 'bob' })).toMatchObject({ role: 'admin' });
  });

  test('whoever has no verified address can still be known by their name', async () => {
    const { people } = answering(undefined);
    expect(await people.known({ id: 'u1', name: 'bob' })).toMatchObject({ role: 'read' });
  });

  test('nobody is known while the product does not answer', async () => {
    const emailOf = () => Promise.reject(new Error('down'));
    const people = new People({ people: byEmail, emailOf });
    await expect(people.known({ id: 'u1', name: 'bob' })).rejects.toThrow('down');
  });
});
