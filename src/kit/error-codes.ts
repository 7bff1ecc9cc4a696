// What the codes of failed calls mean: those of the system, of DNS and of TLS. Each place adds what
// to do about it there.

/** The codes of each problem. A code means the same problem wherever it appears. */
const codes = {
  refused: ['ECONNREFUSED'],
  unresolved: ['ENOTFOUND', 'EAI_AGAIN'],
  unreachable: ['EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'],
  closed_early: ['ECONNRESET', 'ECONNABORTED', 'EPIPE'],
  address_in_use: ['EADDRINUSE'],
  address_unavailable: ['EADDRNOTAVAIL', 'EAFNOSUPPORT'],
  untrusted: [
    'SELF_SIGNED_CERT_IN_CHAIN',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'CERT_UNTRUSTED',
  ],
  expired: ['CERT_HAS_EXPIRED'],
  not_yet_valid: ['CERT_NOT_YET_VALID'],
  misnamed: ['ERR_TLS_CERT_ALTNAME_INVALID'],
  no_descriptor: ['EMFILE', 'ENFILE'],
  no_directory: ['ENOTDIR', 'EEXIST'],
  not_permitted: ['EACCES', 'EPERM'],
  read_only: ['EROFS'],
  disk_full: ['ENOSPC'],
  quota_used_up: ['EDQUOT'],
  path_too_long: ['ENAMETOOLONG'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Problem = keyof typeof codes;

const problems: ReadonlyMap<string, Problem> = new Map(
  (Object.keys(codes) as Problem[]).flatMap((problem) =>
    codes[problem].map((code) => [code, problem] as const),
  ),
);

/** Undefined for a code that is not in the table, such as a SQLSTATE or one of undici's. */
export function problemOf(code: string | undefined): Problem | undefined {
  return code === undefined ? undefined : problems.get(code);
}

/**
 * What is said in the same words wherever a connection fails. Each follows the name of what was
 * called: `chat.example:443: the host name cannot be resolved`.
 */
export const meanings = {
  refused: 'nothing accepts connections there',
  unresolved: 'the host name cannot be resolved',
  unreachable: 'there is no way to this host',
  untrusted: 'its certificate is not trusted here',
  expired: 'its certificate has expired',
  not_yet_valid: 'its certificate is not valid yet',
  misnamed: 'its certificate is for another host name',
} as const satisfies Partial<Record<Problem, string>>;

/** What to do, in whole sentences, where that is the same everywhere. */
export const remedies = {
  unresolved: 'Check its spelling and the DNS of this machine.',
  expired: 'Renew it there, or set the clock of this machine.',
  not_yet_valid: 'Set the clock of this machine, or check the certificate.',
} as const satisfies Partial<Record<Problem, string>>;

/** Of a sink that no connection could be made for: why, and what to check there. Follows its name. */
export function whyNotConnected(code: string): string {
  const problem = problemOf(code);
  if (problem === 'unresolved')
    return `${meanings.unresolved}. Check the host of this sink, and the DNS of this machine.`;
  const known = problem === 'refused' || problem === 'unreachable';
  return `${known ? meanings[problem] : 'it cannot be reached'}. Check host and port of this sink.`;
}
