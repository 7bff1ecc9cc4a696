// People are recognised by what they present; signing in and out is noted.
import { expect, test } from 'vitest';
import { hashOfSecret, makeSecret, makeToken } from '../../src/kit/token.ts';
import { perform, signInOn, token } from '../../src/operations/index.ts';
import { listAudit } from '../../src/store/audit.ts';
import type { Database } from '../../src/store/database.ts';
import { useDatabase } from '../store/stored.ts';
import { contextOn } from './acting.ts';

const db = useDatabase();
const make = () => perform(token.create, contextOn(db()), { name: 'ci', role: 'operate' });

test('a token says who it is; a person cannot be called like one', async () => {
  const { token: text, shown } = await make();
  const proof = { name: 'token:ci', role: 'operate', via: 'token', tokenId: Number(shown.id) };
  expect(await signInOn(db()).byToken(text)).toEqual(proof);
});

test('wrong, expired and revoked tokens are told apart by nobody', async () => {
  const signIn = signInOn(db());
  const { token: text, shown } = await make();
  expect(await signIn.byToken(makeToken())).toBeNull();
  await db().$client`update api_tokens set expires_at = now()`;
  expect(await signIn.byToken(text)).toBeNull();
  await db().$client`update api_tokens set expires_at = null`;
  await perform(token.revoke, contextOn(db()), { token: shown.id });
  expect(await signIn.byToken(text)).toBeNull();
  expect(await signIn.isAnyTokenLive()).toBe(false);
});

test('what has not the form of a secret costs no statement', async () => {
  const none = () => {
    throw new Error('the database was asked');
  };
  const signIn = signInOn({ $client: none } as unknown as Database);
  expect(await signIn.byToken('tocsin_x')).toBeNull();
  expect(await signIn.byToken(`${makeToken()} `)).toBeNull();
  expect(await signIn.bySession('x'.repeat(8000))).toBeNull();
  await signIn.end("' or true --", null);
});

test('a session begins with a new secret of which only the hash is stored, and ends', async () => {
  const signIn = signInOn(db());
  const proof = (await signIn.byToken((await make()).token))!;
  const [one, two] = [await signIn.begin(proof, '192.0.2.7'), await signIn.begin(proof, null)];
  expect(one).not.toBe(two);
  expect(await signIn.bySession(one)).toEqual({ name: 'token:ci', role: 'operate' });
  const rows = await db().$client`select s::text as row from sessions s`;
  expect(rows.some(({ row }) => row.includes(hashOfSecret(one)))).toBe(true);
  expect(rows.some(({ row }) => row.includes(one))).toBe(false);
  await signIn.end(one, '192.0.2.7');
  await signIn.end(makeSecret(), '192.0.2.7');
  expect(await signIn.bySession(one)).toBeNull();
  expect(await signIn.bySession(two)).not.toBeNull();
  const acts = await listAudit(db(), { actor: 'token:ci', limit: 10 });
  expect(acts.map(({ operation, via, address }) => [operation, via, address])).toEqual([
    ['session-end', 'page', '192.0.2.7'],
    ['session-begin', 'page', null],
    ['session-begin', 'page', '192.0.2.7'],
  ]);
});
