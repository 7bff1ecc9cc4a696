// A login by SASL, as the library does it.
import { loginFailure, Unreadable } from './answers.ts';
import type { Library, Wire } from './wire.ts';

export const mechanisms = ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'PLAIN'] as const;

export interface Login {
  readonly mechanism: (typeof mechanisms)[number];
  readonly username: string;
  readonly password: string;
}

/** Kafka itself allows 16,384. Hashing stops the process, and the far end says how often. */
const iterationsMax = 100_000;

/** @throws the library's error or that of the connection, or an AdapterError */
export async function logIn(library: Library, wire: Wire, login: Login): Promise<void> {
  const { mechanism, username, password } = login;
  const { saslHandshakeV1, saslAuthenticateV2, saslPlain, saslScramSha } = library;
  await wire.ask(saslHandshakeV1.api, mechanism);
  const { api } = saslAuthenticateV2;
  const crypto: typeof saslScramSha.defaultCrypto = {
    ...saslScramSha.defaultCrypto,
    hi(definition, secret, salt, iterations) {
      if (iterations > iterationsMax) throw new Unreadable();
      return saslScramSha.hi(definition, secret, salt, iterations);
    },
  };
  try {
    await wire.converse((ended) => {
      const to = wire.forLibrary;
      if (mechanism === 'PLAIN') saslPlain.authenticate(api, to, username, password, ended);
      else {
        const algorithm = mechanism === 'SCRAM-SHA-256' ? 'SHA-256' : 'SHA-512';
        saslScramSha.authenticate(api, to, algorithm, username, password, crypto, ended);
      }
    });
  } catch (error) {
    throw loginFailure(error as Error, wire.address.shown);
  }
}
