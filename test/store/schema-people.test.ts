// What the tables of people's acts refuse.
import { expect, test } from 'vitest';
import { useDatabase } from './stored.ts';

const db = useDatabase();

test.each([
  [
    'half a pause',
    `insert into controls (name, paused_by) values ('sink:a', 'ann')`,
    'controls_pause_check',
  ],
  [
    'a token of an unknown role',
    `insert into api_tokens (name, hash, role, created_by) values ('a', 'h', 'root', 'ann')`,
    'api_tokens_role_check',
  ],
  [
    'a session of an unknown role',
    `insert into sessions (hash, subject, role, via, expires_at) values ('h', 'ann', 'root', 'token', now())`,
    'sessions_role_check',
  ],
])('%s is refused', async (_, statement, check) => {
  await expect(db().$client.unsafe(statement)).rejects.toThrow(check);
});

test('the name of a token is free again once it was revoked', async () => {
  const add = (hash: string) => db().$client`
    insert into api_tokens (name, hash, role, created_by) values ('grafana', ${hash}, 'read', 'ann')`;
  await add('1');
  await expect(add('2')).rejects.toThrow('api_tokens_name_idx');
  await db().$client`update api_tokens set revoked_at = now()`;
  await add('2');
});
