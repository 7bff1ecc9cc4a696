// Reads the variables that say who is let in: the public address, proxies that are trusted, roles,
// and the identity provider.
import { type Network, parseNetwork } from '../../core/rules/network.ts';
import type {
  Access,
  AssertionAccess,
  GroupRole,
  HeaderAccess,
  OidcAccess,
} from '../../kit/access.ts';
import { readWebUrl } from '../../kit/web-url.ts';
import type { Environment, Findings } from './environment.ts';
import type { AccessVariable } from './known.ts';
import { createOptionReader, type OptionReader, variable } from './options.ts';
import { type Parse, quote } from './values.ts';

export function readAccess(environment: Environment, findings: Findings): Access {
  return new AccessReader(environment, findings).read();
}

class AccessReader {
  readonly #environment: Environment;
  readonly #findings: Findings;
  readonly #read: OptionReader;

  constructor(environment: Environment, findings: Findings) {
    this.#environment = environment;
    this.#findings = findings;
    this.#read = createOptionReader(findings);
  }

  read(): Access {
    const publicUrl = this.#value('PUBLIC_URL', publicAddress);
    const proxies = this.#value('TRUSTED_PROXIES', networks);
    const [assertion, headers, oidc] = [this.#assertion(), this.#headers(), this.#oidc()];
    const roles = this.#value('SSO_ROLES', groupRoles) ?? [];
    const isAnyGiven = [assertion, headers, oidc].some((way) => way !== undefined);
    if (isAnyGiven && roles.length === 0 && !this.#isSet('SSO_ROLES'))
      this.#findings.warnings.push(
        'SSO_ROLES is not set, so nobody whom the identity provider knows may do anything.',
      );
    return {
      ...(publicUrl !== undefined && { publicUrl }),
      isTrustedProxy: inAny(proxies ?? []),
      roles,
      ...(assertion && { assertion }),
      ...(headers && { headers }),
      ...(oidc && { oidc }),
    };
  }

  #assertion(): AssertionAccess | undefined {
    const names = ['SSO_ASSERTION_HEADER', 'SSO_ISSUER', 'SSO_AUDIENCE', 'SSO_JWKS_URL'] as const;
    if (!this.#areTogether(names)) return undefined;
    const header = this.#value('SSO_ASSERTION_HEADER', headerName);
    const issuer = this.#value('SSO_ISSUER', anyText);
    const audience = this.#value('SSO_AUDIENCE', anyText);
    const jwksUrl = this.#value('SSO_JWKS_URL', webAddress);
    const groupsClaim = this.#value('SSO_GROUPS_CLAIM', anyText) ?? 'groups';
    if (!(header && issuer && audience && jwksUrl)) return undefined;
    return { header, issuer, audience, jwksUrl, groupsClaim };
  }

  #headers(): HeaderAccess | undefined {
    if (!this.#areTogether(['SSO_USER_HEADER', 'SSO_PROXIES'])) return undefined;
    const user = this.#value('SSO_USER_HEADER', headerName);
    const groups = this.#value('SSO_GROUPS_HEADER', headerName);
    const senders = this.#value('SSO_PROXIES', networks);
    if (!(user && senders)) return undefined;
    return { user, ...(groups !== undefined && { groups }), isSender: inAny(senders) };
  }

  #oidc(): OidcAccess | undefined {
    const given = this.#isSet('OIDC_ISSUER') || this.#isSet('OIDC_CLIENT_ID');
    if (!this.#areTogether(given ? oidcTogether : ['OIDC_ISSUER', 'OIDC_CLIENT_ID']))
      return undefined;
    const issuer = this.#value('OIDC_ISSUER', webAddress);
    const clientId = this.#value('OIDC_CLIENT_ID', anyText);
    const clientSecret = this.#value('OIDC_CLIENT_SECRET', anyText);
    const scopes = this.#value('OIDC_SCOPES', scopesText) ?? 'openid profile email';
    const groupsClaim = this.#value('OIDC_GROUPS_CLAIM', anyText) ?? 'groups';
    if (!(issuer && clientId)) return undefined;
    const secret = clientSecret !== undefined && { clientSecret };
    return { issuer, clientId, ...secret, scopes, groupsClaim };
  }

  /** Whether all of them are set. It is a problem if only some are. */
  #areTogether(names: readonly AccessVariable[]): boolean {
    const missing = names.filter((name) => !this.#isSet(name));
    if (missing.length === 0) return true;
    const set = names.find((name) => this.#isSet(name));
    if (set !== undefined)
      for (const name of missing)
        this.#findings.problems.push({
          where: name,
          problem: `is not set, and ${set} needs it`,
          remedy: `Set it, or unset ${set}`,
        });
    return false;
  }

  #isSet(name: AccessVariable): boolean {
    const { get, isBroken } = this.#environment;
    return get(name) !== undefined || isBroken(name);
  }

  #value<Value>(name: AccessVariable, parse: Parse<Value>): Value | undefined {
    return this.#read(variable(this.#environment, name), parse);
  }
}

const oidcTogether = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'PUBLIC_URL'] as const;

function inAny(list: readonly Network[]): (address: string) => boolean {
  return (address) => list.some((isIn) => isIn(address));
}

const anyText: Parse<string> = (text) => ({ value: text });

/** Lower case. */
const headerName: Parse<string> = (text) =>
  /^[\w!#$%&'*+.^`|~-]+$/.test(text)
    ? { value: text.toLowerCase() }
    : { problem: `${quote(text)} is not the name of a header`, remedy: 'Set it to one name' };

const networks: Parse<readonly Network[]> = (text) => {
  const found: Network[] = [];
  for (const word of text.split(/[\s,]+/).filter((one) => one !== ''))
    try {
      found.push(parseNetwork(word));
    } catch (error) {
      const problem = `holds ${quote(word)}, which ${(error as Error).message}`;
      return { problem, remedy: 'Set it to networks or addresses with commas between them' };
    }
  return { value: found };
};

/** Plain http is accepted: the address may be inside of a cluster. */
const webAddress: Parse<string> = (text) => {
  const read = readWebUrl(text);
  if ('url' in read) return { value: text };
  return { problem: `is no address: it ${read.fault}`, remedy: 'Write it as https://host/path' };
};

/** Scheme, host and port alone. */
const publicAddress: Parse<string> = (text) => {
  const read = readWebUrl(text);
  const remedy = 'Write it as https://tocsin.example.com, without a path';
  if ('fault' in read) return { problem: `is no address: it ${read.fault}`, remedy };
  const { origin, pathname, search, hash } = read.url;
  if (pathname !== '/' || search !== '' || hash !== '')
    return { problem: 'has more than scheme, host and port', remedy };
  return { value: origin };
};

const scopesText: Parse<string> = (text) => {
  const words = text.split(/[\s,]+/);
  if (words.includes('openid')) return { value: words.join(' ') };
  return {
    problem: 'does not hold openid',
    remedy: 'Set it to words such as "openid email groups"',
  };
};

const groupRoles: Parse<readonly GroupRole[]> = (text) => {
  const found: GroupRole[] = [];
  for (const pair of text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')) {
    const [, group, role] = /^(.*\S)\s*=\s*(read|operate|admin)$/.exec(pair) ?? [];
    if (group === undefined)
      return {
        problem: `holds ${quote(pair)}, which gives no group a role`,
        remedy: 'Write it as "soc=operate,soc-admins=admin"; the roles are read, operate and admin',
      };
    found.push({ group, role: role as GroupRole['role'] });
  }
  return { value: found };
};
