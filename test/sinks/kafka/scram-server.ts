// The server's half of SCRAM (RFC 5802), for the broker of the tests.
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

const salt = Buffer.from('salt of the tests');
const iterations = 4096;

export class ScramServer {
  readonly #hash: 'sha256' | 'sha512';
  #password: string | undefined;
  #talk: string[] = [];
  #nonce = '';

  constructor(hash: 'sha256' | 'sha512') {
    this.#hash = hash;
  }

  /** @returns the challenge */
  first(said: string, users: Readonly<Record<string, string>>): string {
    const [, name = '', nonce = ''] = /^n,,n=([^,]*),r=(.+)$/.exec(said) ?? [];
    this.#password = users[name.replaceAll('=2C', ',').replaceAll('=3D', '=')];
    this.#nonce = `${nonce}server`;
    const challenge = `r=${this.#nonce},s=${salt.toString('base64')},i=${iterations}`;
    this.#talk = [said.slice(3), challenge];
    return challenge;
  }

  /** @returns the proof of this side; undefined: that of the other one is wrong */
  last(said: string): string | undefined {
    const [, bare = '', nonce = '', proof = ''] = /^(c=biws,r=(.+)),p=(.+)$/.exec(said) ?? [];
    if (this.#password === undefined || nonce !== this.#nonce) return undefined;
    const length = this.#hash === 'sha256' ? 32 : 64;
    const salted = pbkdf2Sync(this.#password, salt, iterations, length, this.#hash);
    const hmac = (key: Buffer, text: string) => createHmac(this.#hash, key).update(text).digest();
    const talk = [...this.#talk, bare].join(',');
    const clientKey = hmac(salted, 'Client Key');
    const signature = hmac(createHash(this.#hash).update(clientKey).digest(), talk);
    const expected = Buffer.from(clientKey.map((byte, at) => byte ^ signature[at]!));
    if (!expected.equals(Buffer.from(proof, 'base64'))) return undefined;
    return `v=${hmac(hmac(salted, 'Server Key'), talk).toString('base64')}`;
  }
}
