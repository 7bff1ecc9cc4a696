// The file that an event is about. `path` is what its name says only for some types; otherwise it
// is a command line, a script's text or a rule's sentence. Pure.
import type { EventBody } from '../../kit/event.ts';
import { baseName, countOf, firstText, present, textOf, type Wire } from './field.ts';

type File = NonNullable<EventBody['file']>;

/**
 * @param sources values of the `source` list of 3.x by their type
 * @returns `rule`: the sentence that stands in place of a path, if one does
 */
export function fileOf(
  wire: Wire,
  type: string,
  sources: ReadonlyMap<string, string>,
): { file: File | undefined; rule: string | undefined } {
  const { path, script, rule } = meaningOfPath(textOf(wire.path), type);
  const shownPath =
    path ?? firstText(wire, 'script_file_path', 'file_path', 'dll_path') ?? sources.get('DLL_PATH');
  const file = present<File>({
    name:
      firstText(wire, 'file_name') ??
      (shownPath === undefined ? firstText(wire, 'process_name') : baseName(shownPath)),
    path: shownPath,
    script: firstText(wire, 'script_command') ?? script,
    hash: firstText(
      wire,
      'file_hash',
      'file_sha_256',
      'process_file_sha256',
      'process_file_sha_256',
      'dll_sha_256',
      'container_hash',
      'file_archive_hash',
    ),
    size: countOf(wire.file_size),
    type: firstText(wire, 'file_type'),
    signer: firstText(wire, 'certificate_vendor_name', 'certificate_owner'),
  });
  return { file, rule };
}

interface Meaning {
  readonly path?: string | undefined;
  readonly script?: string;
  readonly rule?: string;
}

/**
 * A file's name may hold line breaks, which hide it from whoever looks for paths. A comment in a
 * script begins with a slash as well, and is no path.
 */
const beginsAsPath = /^(?:[a-z]:[\\/]|\\|\/(?![/*]))/i;

function meaningOfPath(text: string | undefined, type: string): Meaning {
  if (text === undefined) return {};
  if (type === 'SCRIPT_CONTROL_COMMAND' || /_POWERSHELL_/.test(type)) return { script: text };
  const isPath = beginsAsPath.test(text);
  if (/[\r\n]/.test(text) && !isPath) return { script: text };
  if (type === 'SUSPICIOUS_ACTIVITY' && !isPath) return { rule: text };
  return { path: text };
}
