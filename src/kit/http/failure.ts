// Explains an exchange that got no answer: where, what, and what to look at. Pure. The original
// errors are not passed on as causes, because those of undici and Node carry whole URLs and parts
// of answers.
import { descriptorsUsedUp, isOutOfDescriptors } from '../descriptors.ts';
import { meanings, type Problem, problemOf, remedies } from '../error-codes.ts';
import { AdapterError } from '../errors.ts';
import { hostWithPort } from '../origin.ts';

interface Explanation {
  readonly meaning: string;
  readonly remedy: string;
}

const unreachable: Explanation = {
  meaning: meanings.unreachable,
  remedy: 'Check the network, a firewall, and whether HTTPS_PROXY is needed.',
};
const closedEarly: Explanation = {
  meaning: 'the connection was closed before the answer was complete',
  remedy:
    'The far end may have got the request all the same; look at its log, or that of a proxy or firewall on the way.',
};
const untrusted: Explanation = {
  meaning: meanings.untrusted,
  remedy: 'Let NODE_EXTRA_CA_CERTS name a PEM file with the certificate of its authority.',
};
const notTls: Explanation = {
  meaning: 'no TLS connection could be agreed on',
  remedy: 'Check that the port speaks HTTPS, and that https:// and not http:// is meant.',
};
const tooSlow: Explanation = {
  meaning: 'no connection within 5 s',
  remedy: 'Check host, port and firewall, and whether HTTPS_PROXY is needed.',
};
const closed: Explanation = { meaning: 'the client is being closed', remedy: 'Nothing was sent.' };

/** Before a problem's: undici's own codes, and those that mean more here than elsewhere. */
const byCode: Readonly<Record<string, Explanation>> = {
  // A packet filter that forbids the connection answers so.
  EACCES: unreachable,
  ETIMEDOUT: tooSlow,
  EPROTO: notTls,
  UND_ERR_SOCKET: closedEarly,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: closedEarly,
  UND_ERR_CONNECT_TIMEOUT: tooSlow,
  UND_ERR_PRX_TLS: {
    meaning: 'the TLS connection to the proxy failed',
    remedy: 'Check the address in HTTPS_PROXY.',
  },
  UND_ERR_HEADERS_OVERFLOW: {
    meaning: 'its answer has more headers than fit',
    remedy: 'Check that host and port are those of the service.',
  },
  UND_ERR_HEADERS_TIMEOUT: {
    meaning: 'the proxy opened no tunnel in time',
    remedy: 'Check the proxy.',
  },
  UND_ERR_CLOSED: closed,
  UND_ERR_DESTROYED: closed,
};

const byProblem: Readonly<Partial<Record<Problem, Explanation>>> = {
  refused: { meaning: meanings.refused, remedy: 'Check that the service runs, and the port.' },
  unresolved: { meaning: meanings.unresolved, remedy: remedies.unresolved },
  unreachable,
  no_descriptor: descriptorsUsedUp,
  closed_early: closedEarly,
  untrusted,
  expired: { meaning: meanings.expired, remedy: remedies.expired },
  not_yet_valid: { meaning: meanings.not_yet_valid, remedy: remedies.not_yet_valid },
  misnamed: {
    meaning: meanings.misnamed,
    remedy: 'Use a name that the certificate holds, or check where DNS leads.',
  },
};

const notHttp: Explanation = {
  meaning: 'what answers there does not speak HTTP',
  remedy: 'Check the port, and whether https:// is meant.',
};
const other: Explanation = {
  meaning: 'the connection failed',
  remedy: 'Check host, port and network.',
};

/**
 * Explains an error of undici or Node. The outcome is `retry`, or `reject_sink` for a request that
 * can never be sent.
 * @param isUnderWay the request was on a connection, so it may have arrived
 */
export function connectionFailure(
  error: Error,
  url: URL,
  isProxied: boolean,
  isUnderWay: boolean,
): AdapterError {
  const code = codeOf(error);
  if (code === 'UND_ERR_INVALID_ARG' && !/proxy/i.test(error.message)) {
    return new AdapterError(
      'reject_sink',
      'bad_config',
      `${hostWithPort(url)}: the request holds a header that HTTP does not allow. Check the configured token for line breaks and blanks.`,
    );
  }
  const { meaning, remedy } = proxyRefusal(error) ?? explain(code);
  const hint = proxyHint(isProxied && !isOutOfDescriptors(code));
  return new AdapterError(
    'retry',
    isUnderWay ? 'interrupted' : 'connection',
    `${hostWithPort(url)}: ${meaning} (${code}${reachedOf(error, url)}). ${remedy}${hint}`,
  );
}

/**
 * No complete answer came in time. `phase` is how far the exchange got: no connection, a connection
 * without a status, or a status without a whole body.
 */
export function timeoutFailure(
  url: URL,
  timeoutMs: number,
  phase: 'connecting' | 'waiting' | 'reading',
  isProxied: boolean,
): AdapterError {
  const came = {
    connecting: 'no connection was free or could be made. Check host, port and firewall.',
    waiting:
      'it took the request and sent no answer. It may have done what was asked; look at its load.',
    reading:
      'its answer began and did not end. It may have done what was asked; look at the network and at proxies.',
  };
  return new AdapterError(
    'retry',
    phase === 'connecting' ? 'connection' : 'timeout',
    `${hostWithPort(url)}: no complete answer within ${timeoutMs / 1000} s: ${came[phase]}${proxyHint(isProxied)}`,
  );
}

/** Megabytes came, but no answer began: hints or headers without end. */
export function overheadFailure(url: URL): AdapterError {
  return connectionFailure(
    Object.assign(new Error(), { code: 'UND_ERR_HEADERS_OVERFLOW' }),
    url,
    false,
    true,
  );
}

function explain(code: string): Explanation {
  if (Object.hasOwn(byCode, code)) return byCode[code]!;
  const problem = problemOf(code);
  const explanation = problem && byProblem[problem];
  if (explanation !== undefined) return explanation;
  if (code.startsWith('HPE')) return notHttp;
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) return notTls;
  if (/CERT|CRL/.test(code)) return untrusted;
  return other;
}

/** For a proxy that refuses a tunnel undici has no code, only a message. */
function proxyRefusal(error: Error): Explanation | undefined {
  const status =
    /^Proxy response \((\d{3})\)/.exec(error.message)?.[1] ??
    /^Proxy Auth.*\((407)\)/.exec(error.message)?.[1];
  if (status === undefined) return undefined;
  return {
    meaning: `the proxy answered ${status} instead of passing the request on`,
    remedy:
      status === '407'
        ? 'Put user and password into HTTPS_PROXY.'
        : 'Ask whether the proxy allows this host.',
  };
}

/** Only what looks like a code. Anything else may be text from the far end. */
function codeOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (error.name === 'HTTPParserError') return code ?? 'HPE';
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,59}$/.test(code) ? code : 'unknown';
}

/** The address that was called, if it is not that of the URL: a resolved name, or a proxy. */
function reachedOf(error: Error, url: URL): string {
  const { address, port } = error as { address?: unknown; port?: unknown };
  if (typeof address !== 'string' || typeof port !== 'number') return '';
  const reached = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return reached === hostWithPort(url) ? '' : ` at ${reached}`;
}

function proxyHint(isProxied: boolean): string {
  return isProxied
    ? ' A proxy is configured; hosts that must be called directly belong into NO_PROXY.'
    : '';
}
