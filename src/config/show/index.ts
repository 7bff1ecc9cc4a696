// Writes a configuration as a tocsin.yaml: the file with what variables add to it, or one made of
// variables alone. Never shows the value of a secret.
import { resolve } from 'node:path';
import { Document, isMap, isNode, isScalar, visit, YAMLMap } from 'yaml';
import { createMask } from '../../kit/mask.ts';
import { secretsOf } from '../read/adapters.ts';
import {
  type InlineSecret,
  inlineSecretsOf,
  parseWritten,
  scalarAt,
  secretKeysOf,
} from '../read/inline-secrets.ts';
import { secretVariables } from '../read/known.ts';
import type { ConfigReading } from '../read/reading.ts';
import { hasReference } from '../read/yaml.ts';
import { completeFile } from './missing.ts';

export interface ShownConfig {
  readonly yaml: string;
  /** The same as plain values. */
  readonly content: unknown;
  /** Secrets that stood in the file itself. A variable replaces each of them, and must be set. */
  readonly hidden: readonly Pick<InlineSecret, 'where' | 'variable'>[];
}

const heading = [
  ' What the variables amount to. Save it as tocsin.yaml and let TOCSIN_CONFIG name it: it says the same, and can say more.',
  ' The variables in it are still needed, and so are those that no file replaces, such as DATABASE_URL.',
].join('\n');

/**
 * Read as TOCSIN_CONFIG with the same variables, the result gives the same configuration, wherever
 * it is saved.
 */
export function showConfig(reading: ConfigReading): ShownConfig {
  const { file } = reading;
  const document = file === undefined ? new Document(new YAMLMap()) : parseWritten(file.text);
  if (!isMap(document.contents)) document.contents = new YAMLMap();
  const inline = inlineSecretsOf(reading, document);
  hideSecrets(document, inline, reading);
  makePathsAbsolute(document, reading);
  completeFile(document, reading);
  if (file === undefined) document.commentBefore = heading;
  const hidden = inline.map(({ where, variable }) => ({ where, variable }));
  return { yaml: document.toString({ lineWidth: 0 }), content: document.toJS(), hidden };
}

/** Hides secrets, also where one stands in a comment or in a value that is not secret. */
function hideSecrets(
  document: Document,
  inline: readonly InlineSecret[],
  reading: ConfigReading,
): void {
  const { environment, file, registries, sources, sinks } = reading;
  const known = [
    ...inline.map(({ node, variable }) => ({ value: node.value, variable })),
    ...secretVariables.map((variable) => ({ value: environment.get(variable) ?? '', variable })),
  ].filter(({ value }) => value.length >= searchedLengthMin);
  const written = [
    ...secretsOf(sources, registries.sources),
    ...secretsOf(sinks, registries.sinks),
  ];
  const mask = createMask([...written, file?.heartbeatUrl?.text ?? '']);
  for (const { node, variable } of inline) {
    node.value = `\${${variable}}`;
    node.type = 'PLAIN';
  }
  document.commentBefore &&= mask(document.commentBefore);
  document.comment &&= mask(document.comment);
  visit(document, (key, node) => {
    if (!isNode(node)) return;
    node.comment &&= mask(node.comment);
    node.commentBefore &&= mask(node.commentBefore);
    if (key === 'key' || !isScalar(node) || typeof node.value !== 'string') return;
    for (const { value, variable } of known)
      node.value = String(node.value).replaceAll(value, () => `\${${variable}}`);
  });
  for (const { node, variable } of inline)
    node.comment = joined(node.comment, ` it stood here: set ${variable} to it`);
}

/** Shorter secrets are not searched for: they may stand in a text by chance. */
const searchedLengthMin = 8;

function joined(comment: string | null | undefined, more: string): string {
  return comment ? `${comment};${more}` : more;
}

function makePathsAbsolute(document: Document, { file, registries }: ConfigReading): void {
  if (file === undefined) return;
  const ofAdapters = (['sources', 'sinks'] as const).flatMap((kind) =>
    (file[kind] ?? []).flatMap(({ id, type }) =>
      secretKeysOf(registries[kind], type).map((key) => [kind, id, `${key}_file`]),
    ),
  );
  for (const path of [...ofAdapters, ['heartbeat', 'url_file']]) {
    const node = scalarAt(document, path);
    if (node !== undefined && !hasReference(node.value))
      node.value = resolve(file.directory, node.value);
  }
}
