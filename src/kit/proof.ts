// How whoever pushes events proves who they are. A source says which proof it wants, and core alone
// judges it. The settings are the same for every type that leaves the choice to people.
import { z } from 'zod';
import { duration, durationForms } from './duration.ts';

/** A signature over the body, as an HMAC. */
export interface Signature {
  /** Where it stands, in lower case. */
  readonly header: string;
  readonly algorithm: 'sha1' | 'sha256' | 'sha512';
  readonly encoding: 'hex' | 'base64';
  /** What stands before each signature, such as `sha256=`. */
  readonly prefix: string;
  /** Between several signatures of one request; undefined: there is one. */
  readonly separator?: string | undefined;
  /** What is signed: `{body}`, `{timestamp}` and `{id}` are filled in. */
  readonly signed: string;
  /** Of {timestamp}: seconds since the epoch, or ISO 8601. In lower case. */
  readonly timestampHeader?: string | undefined;
  /** Of {id}; in lower case. */
  readonly idHeader?: string | undefined;
  /** How far the timestamp may be from now, either way. */
  readonly toleranceMs: number;
  /** How the bytes of the key stand in the secret; `whsec`: base64 after `whsec_`. */
  readonly key: 'text' | 'base64' | 'hex' | 'whsec';
}

/** Any of the secrets will do, so that one can be replaced without a gap. */
export type Proof =
  /** `/hooks/<source>/<secret>`. */
  | { readonly kind: 'path'; readonly secrets: readonly string[] }
  /** The whole value of a header; of `authorization` what follows `Bearer`. In lower case. */
  | { readonly kind: 'header'; readonly header: string; readonly secrets: readonly string[] }
  | { readonly kind: 'basic'; readonly username: string; readonly secrets: readonly string[] }
  | {
      readonly kind: 'signature';
      readonly signature: Signature;
      readonly secrets: readonly string[];
    }
  /** A trusted proxy has checked the client's certificate and names it in a header. */
  | { readonly kind: 'certificate'; readonly header: string; readonly names: readonly string[] }
  /**
   * The body proves itself by a key that has to be fetched, so the source judges it; `secrets` stand
   * in the path as well, so that nobody else makes it fetch.
   */
  | {
      readonly kind: 'own';
      readonly secrets: readonly string[];
      /**
       * @returns why it proves nothing, without a secret; undefined: it does
       * @throws {AdapterError} `reject_event`: the body is none of the product; any other: nobody can
       * judge it now
       */
      judge(request: { readonly body: Uint8Array }): Promise<string | undefined>;
    };

/** What nobody can guess, and no scanner finds. */
const secretMin = 20;
const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'is no name of a header')
  .transform((name) => name.toLowerCase());
export const tolerance = z
  .string()
  .refine((text) => duration(text) !== undefined, `is no duration. ${durationForms}`)
  .transform((text) => duration(text)!);

const signature = z
  .strictObject({
    header: headerName,
    algorithm: z.enum(['sha1', 'sha256', 'sha512']).default('sha256'),
    encoding: z.enum(['hex', 'base64']).default('hex'),
    prefix: z.string().max(50).default(''),
    separator: z.string().min(1).max(5).optional(),
    signed: z
      .string()
      .max(100)
      .refine(
        (text) => text.includes('{body}'),
        'does not have {body}, so that anybody could change it',
      )
      .default('{body}'),
    timestamp_header: headerName.optional(),
    id_header: headerName.optional(),
    tolerance: tolerance.prefault('5m'),
    key: z.enum(['text', 'base64', 'hex', 'whsec']).default('text'),
  })
  .refine(
    ({ signed, timestamp_header }) =>
      signed.includes('{timestamp}') === (timestamp_header !== undefined),
    'has to have both {timestamp} in signed and a timestamp_header, or neither',
  )
  .refine(
    ({ signed, id_header }) => signed.includes('{id}') === (id_header !== undefined),
    'has to have both {id} in signed and an id_header, or neither',
  );

// No `min`: editors judge the name of a variable in its place.
export const pathSecret = z
  .string()
  .refine(({ length }) => length >= secretMin, `has fewer than ${secretMin} characters`);

/** The settings of a type that leaves the proof to people; see {@link proofOf}. */
export const proofSettings = {
  proof: z
    .enum(['path', 'header', 'basic', 'signature', 'certificate'])
    .describe('How the sender proves who it is: path, header, basic, signature or certificate.'),
  secret: pathSecret
    .optional()
    .describe('The secret of the proof, of at least 20 characters; not for certificate.'),
  old_secret: pathSecret
    .optional()
    .describe('Is accepted as well, until every sender has the new one.'),
  header: headerName
    .optional()
    .describe(
      'For header: which one has the secret; Authorization if not set, after Bearer. For certificate: which one has the name.',
    ),
  username: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('For basic: the name before the secret.'),
  signature: signature
    .optional()
    .describe(
      'For signature: header, algorithm, encoding, prefix, separator, signed, timestamp_header, id_header, tolerance, key.',
    ),
  names: z
    .array(z.string().min(1).max(500))
    .min(1)
    .optional()
    .describe('For certificate: the names that the header may have. Only a trusted proxy counts.'),
} as const;

type ProofSettings = z.output<z.ZodObject<typeof proofSettings>>;

/** What is missing for the proof that is chosen, by key; pure. */
export function proofProblems(
  given: ProofSettings,
): { readonly key: string; readonly text: string }[] {
  const { proof } = given;
  const needed = neededFor[proof];
  const missing = needed.filter((key) => given[key] === undefined);
  const idle = choosing.filter((key) => given[key] !== undefined && !usedBy[proof].includes(key));
  return [
    ...missing.map((key) => ({ key, text: `is missing, which the proof "${proof}" needs` })),
    ...idle.map((key) => ({ key, text: `does nothing with the proof "${proof}"; take it out` })),
  ];
}

type Choosing = Exclude<keyof ProofSettings, 'proof'>;
const choosing: readonly Choosing[] = [
  'secret',
  'old_secret',
  'header',
  'username',
  'signature',
  'names',
];
const neededFor: Readonly<Record<ProofSettings['proof'], readonly Choosing[]>> = {
  path: ['secret'],
  header: ['secret'],
  basic: ['username', 'secret'],
  signature: ['signature', 'secret'],
  certificate: ['header', 'names'],
};
const usedBy: Readonly<Record<ProofSettings['proof'], readonly Choosing[]>> = {
  path: ['secret', 'old_secret'],
  header: ['secret', 'old_secret', 'header'],
  basic: ['username', 'secret', 'old_secret'],
  signature: ['signature', 'secret', 'old_secret'],
  certificate: ['header', 'names'],
};

/** Adds the problems to a schema that has {@link proofSettings}. */
export function withSoundProof<Schema extends z.ZodType<ProofSettings>>(schema: Schema) {
  return schema.superRefine((given, context) => {
    for (const { key, text } of proofProblems(given))
      context.addIssue({ code: 'custom', path: [key], message: text });
  });
}

/** @param settings checked by {@link proofProblems} */
export function proofOf(settings: ProofSettings): Proof {
  const { proof, header, username = '', names = [] } = settings;
  const secrets = secretsOf(settings);
  switch (proof) {
    case 'path':
      return { kind: 'path', secrets };
    case 'header':
      return { kind: 'header', header: header ?? 'authorization', secrets };
    case 'basic':
      return { kind: 'basic', username, secrets };
    case 'signature':
      return { kind: 'signature', signature: signatureOf(settings.signature!), secrets };
    case 'certificate':
      return { kind: 'certificate', header: header!, names };
  }
}

/** Of `secret` and `old_secret`, those that are set. */
export function secretsOf(settings: {
  readonly secret?: string | undefined;
  readonly old_secret?: string | undefined;
}): string[] {
  return [settings.secret, settings.old_secret].filter((text) => text !== undefined);
}

function signatureOf(written: z.output<typeof signature>): Signature {
  const { timestamp_header, id_header, tolerance: toleranceMs, ...same } = written;
  return { ...same, timestampHeader: timestamp_header, idHeader: id_header, toleranceMs };
}
