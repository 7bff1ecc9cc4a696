// Who is let in, as variables say it; half of a way in is a problem with its remedy.
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/index.ts';
import { ConfigError } from '../../../src/kit/errors.ts';
import { sinks } from '../../../src/sinks/index.ts';
import { sources } from '../../../src/sources/index.ts';

const script = {
  DATA_DIR: '/srv/data',
  DEEPINSTINCT_URL: 'https://tenant.example.com',
  TOKENS_KEY: 'key-of-an-api-connector',
  MATTERMOST_WEBHOOK_URL: 'https://chat.example.com/hooks/abcdefghijklmnopqrstuvwxyz',
};

function load(more: Readonly<Record<string, string>>) {
  const env = { ...script, ...more };
  return loadConfig({ env, directory: '/nowhere', registries: { sources, sinks } });
}

function problemsOf(more: Readonly<Record<string, string>>): string[] {
  try {
    load(more);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.problems.map(({ where, problem }) => `${where} ${problem}`);
    throw error;
  }
  return [];
}

const assertion = {
  SSO_ASSERTION_HEADER: 'X-Pomerium-Jwt-Assertion',
  SSO_ISSUER: 'sso.example',
  SSO_AUDIENCE: 'tocsin.example',
  SSO_JWKS_URL: 'https://sso.example/.well-known/jwks.json',
};
const headers = { SSO_USER_HEADER: 'X-User', SSO_PROXIES: '10.0.0.0/8, fd00::1' };
const oidc = {
  OIDC_ISSUER: 'https://id.example',
  OIDC_CLIENT_ID: 'tocsin',
  PUBLIC_URL: 'https://tocsin.example/',
};
const roles = { SSO_ROLES: 'soc = operate, CN=Soc Admins,soc-admins=admin,*=read' };

test('without any of them nobody is trusted', () => {
  const { access, warnings } = load({});
  expect(access).toEqual({ isTrustedProxy: expect.any(Function), roles: [] });
  expect(access.isTrustedProxy('127.0.0.1')).toBe(false);
  expect(warnings).toEqual([]);
});

test('each way in has what it needs', () => {
  const { access, warnings, secrets } = load({
    ...assertion,
    ...headers,
    ...oidc,
    SSO_ROLES: 'soc = operate,soc-admins=admin,*=read',
    SSO_GROUPS_HEADER: 'X-Groups',
    OIDC_CLIENT_SECRET: 'a-long-secret-of-the-client',
    TRUSTED_PROXIES: '192.0.2.0/24',
  });
  expect(access).toMatchObject({
    publicUrl: 'https://tocsin.example',
    roles: [
      { group: 'soc', role: 'operate' },
      { group: 'soc-admins', role: 'admin' },
      { group: '*', role: 'read' },
    ],
    assertion: {
      header: 'x-pomerium-jwt-assertion',
      issuer: 'sso.example',
      audience: 'tocsin.example',
      jwksUrl: assertion.SSO_JWKS_URL,
      groupsClaim: 'groups',
    },
    headers: { user: 'x-user', groups: 'x-groups' },
    oidc: { issuer: 'https://id.example', clientId: 'tocsin', scopes: 'openid profile email' },
  });
  const { isTrustedProxy } = access;
  expect(['192.0.2.9', '10.1.2.3'].map(isTrustedProxy)).toEqual([true, false]);
  const senders = ['10.1.2.3', '::ffff:10.1.2.3', 'fd00::1', 'fd00::2', '192.0.2.9'];
  expect(senders.map((address) => access.headers!.isSender(address))).toEqual([
    ...[true, true, true, false, false],
  ]);
  expect(secrets).toContain('a-long-secret-of-the-client');
  expect(warnings).toEqual([]);
});

test('a way in that gives nobody a role is a warning', () => {
  expect(load(headers).warnings).toEqual([expect.stringContaining('SSO_ROLES is not set')]);
});

describe('half of a way in', () => {
  test.each([
    ...Object.keys(assertion).map((name) => [assertion, name] as const),
    ...Object.keys(headers).map((name) => [headers, name] as const),
    ...Object.keys(oidc).map((name) => [oidc, name] as const),
  ])('of %j without %s is a problem', (way, missing) => {
    const { [missing as keyof typeof way]: _, ...rest } = way as Record<string, string>;
    expect(problemsOf({ ...rest, SSO_ROLES: '*=read' })).toEqual([
      expect.stringContaining(`${missing} is not set, and`),
    ]);
  });
});

test.each([
  [{ PUBLIC_URL: 'tocsin.example' }, 'PUBLIC_URL is no address'],
  [{ PUBLIC_URL: 'https://tocsin.example/soc' }, 'PUBLIC_URL has more than'],
  [{ PUBLIC_URL: 'https://ann:pw@tocsin.example' }, 'PUBLIC_URL is no address'],
  [{ TRUSTED_PROXIES: '10.0.0.0/8,proxy' }, 'TRUSTED_PROXIES holds "proxy"'],
  [{ ...headers, SSO_USER_HEADER: 'X User' }, 'SSO_USER_HEADER "X User" is not'],
  [{ ...assertion, SSO_JWKS_URL: 'jwks.json' }, 'SSO_JWKS_URL is no address'],
  [{ ...oidc, OIDC_SCOPES: 'profile' }, 'OIDC_SCOPES does not hold openid'],
  [roles, 'SSO_ROLES holds "CN=Soc Admins"'],
  [{ SSO_ROLES: 'soc=root' }, 'SSO_ROLES holds "soc=root"'],
])('%j is a problem', (more, words) => {
  expect(problemsOf(more)).toEqual([expect.stringContaining(words)]);
});
