// The settings of a source that leaves to people how it proves itself to the far end. Pure.
import { z } from 'zod';
import { webUrl } from '../web-url.ts';
import { basicCredential, type CredentialPlan } from './credential.ts';

const inHeader = /^[\x20-\x7e]+$/;
/** The message never repeats the value. */
const secret = z
  .string()
  .min(1)
  .refine(
    (text) => inHeader.test(text) && text.trim() === text,
    'has a blank at an end, or characters that no header may hold',
  );

export const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'is no name of a header')
  .refine(
    (name) => !/^(host|connection|content-length|transfer-encoding|te|upgrade)$/i.test(name),
    'names a header that belongs to the connection',
  );

export const authSettings = {
  auth: z
    .enum(['none', 'bearer', 'header', 'basic', 'oauth2'])
    .default('none')
    .describe('How Tocsin proves itself: none, bearer, header, basic or oauth2.'),
  token: secret
    .optional()
    .describe('For bearer: the token. For header: the whole value of the header.'),
  header: headerName
    .optional()
    .describe('For header: which one holds the token; Authorization if not set.'),
  username: z.string().min(1).max(200).optional().describe('For basic: the name.'),
  password: z.string().min(1).optional().describe('For basic: the password.'),
  token_url: webUrl
    .optional()
    .describe('For oauth2: where tokens are given (grant client_credentials).'),
  client_id: z.string().min(1).max(500).optional().describe('For oauth2: the id of the client.'),
  client_secret: z
    .string()
    .min(1)
    .optional()
    .describe('For oauth2: the secret of the client. A token is kept until it ends.'),
  scope: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe('For oauth2: the scope, if one is wanted.'),
  client_auth: z
    .enum(['body', 'basic'])
    .default('body')
    .describe('For oauth2: where id and secret stand, in the body or in HTTP Basic.'),
} as const;
export type AuthSettings = z.output<z.ZodObject<typeof authSettings>>;
type Key = keyof AuthSettings;

/** What each way needs, and what it may have besides. */
const keysOf: Readonly<Record<AuthSettings['auth'], { needs: Key[]; may: Key[] }>> = {
  none: { needs: [], may: [] },
  bearer: { needs: ['token'], may: [] },
  header: { needs: ['token'], may: ['header'] },
  basic: { needs: ['username', 'password'], may: [] },
  oauth2: { needs: ['token_url', 'client_id', 'client_secret'], may: ['scope', 'client_auth'] },
};

/** What is missing or goes with another way: the setting, and the rest of a sentence about it. */
export function faultOfAuth(
  settings: AuthSettings,
): { readonly key: Key; readonly text: string } | undefined {
  const { auth } = settings;
  const { needs, may } = keysOf[auth];
  const missing = needs.find((key) => settings[key] === undefined);
  if (missing !== undefined) return { key: missing, text: `is required with auth: ${auth}` };
  const odd = (Object.keys(authSettings) as Key[]).find(
    (key) =>
      !['auth', 'client_auth', ...needs, ...may].includes(key) && settings[key] !== undefined,
  );
  return odd && { key: odd, text: `does not go with auth: ${auth}` };
}

/** @param settings without {@link faultOfAuth} */
export function credentialOf(settings: AuthSettings): CredentialPlan {
  const { auth, token = '', header = 'authorization', username = '', password = '' } = settings;
  switch (auth) {
    case 'none':
      return { kind: 'none' };
    case 'bearer':
      return {
        ...{ kind: 'header', header: 'authorization', value: `Bearer ${token}` },
        secrets: [token],
      };
    case 'header':
      return { kind: 'header', header: header.toLowerCase(), value: token, secrets: [token] };
    case 'basic':
      return basicCredential(username, password);
    case 'oauth2':
      return {
        kind: 'client',
        tokenUrl: settings.token_url!,
        id: settings.client_id!,
        secret: settings.client_secret!,
        scope: settings.scope,
        place: settings.client_auth,
      };
  }
}
