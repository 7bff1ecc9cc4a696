// What people write behind `/tocsin`. Pure; understands, and does nothing.
import { duration } from '../../kit/duration.ts';
import { validText } from '../../kit/text.ts';
import { withoutUnseen } from '../../kit/unseen.ts';
import { type Silenceable, silenceable } from './silence.ts';

/** An item as a card names it (`6001`), or an event by Tocsin's own number (`#17`). */
export type ItemName = string;

export type Command =
  | { readonly name: 'help' | 'status' | 'open' | 'silences' }
  | { readonly name: 'show' | 'why'; readonly item: ItemName }
  | { readonly name: 'search'; readonly text: string }
  | ActOnItem
  | {
      readonly name: 'silence';
      readonly what: Silenceable;
      readonly item: ItemName;
      readonly span: string;
      /** Only what it would have hidden. */
      readonly isPreview: boolean;
    }
  | {
      readonly name: 'silence';
      readonly what: 'end';
      /** Its number. */
      readonly silence: string;
    }
  | {
      readonly name: 'redrive';
      readonly sink: string | undefined;
      /** How many are meant; undefined: nothing is done, and the answer says how many there are. */
      readonly expected: number | undefined;
    };

export interface ActOnItem {
  readonly name: 'ack' | 'resolve' | 'snooze' | 'reopen' | 'escalate' | 'note';
  readonly item: ItemName;
  /** For how long. */
  readonly span: string | undefined;
  readonly note: string | undefined;
}

/** In which ways each command is written. */
export const forms = {
  help: ['help'],
  status: ['status'],
  open: ['open'],
  show: ['show <id>'],
  search: ['search <hash, device or text>'],
  ack: ['ack <id> [4h] [note]'],
  resolve: ['resolve <id> [note]'],
  snooze: ['snooze <id> <4h> [note]'],
  reopen: ['reopen <id> [note]'],
  escalate: ['escalate <id> [note]'],
  note: ['note <id> <note>'],
  silence: ['silence <file or device> <id> <4h> [preview]', 'silence end <number>'],
  silences: ['silences'],
  why: ['why <id>'],
  redrive: ['redrive [sink] [count]'],
} as const satisfies Readonly<Record<Command['name'], readonly string[]>>;
export type CommandName = keyof typeof forms;
export const commandNames = Object.keys(forms) as readonly CommandName[];

/** Why a text is no command: an unknown word, or one that lacks something. */
export type CommandFault =
  | { readonly fault: 'unknown'; readonly word: string }
  | { readonly fault: 'incomplete'; readonly name: CommandName };

/** More than any honest command has; the rest is left out. */
const lengthMax = 2000;
const itemForm = /^#?[^\s#]{1,200}$/;

export function readCommand(written: string): Command | CommandFault {
  // The database takes neither NUL nor half a character.
  const words = validText(written.slice(0, lengthMax)).split(/\s+/).filter(Boolean);
  const [word = 'help', ...rest] = words;
  const name = commandNames.find((one) => one === word.toLowerCase());
  if (name === undefined) return { fault: 'unknown', word };
  return readRest(name, rest) ?? { fault: 'incomplete', name };
}

function readRest(name: CommandName, rest: readonly string[]): Command | undefined {
  const [written = '', ...words] = rest;
  const item = itemOf(written);
  switch (name) {
    case 'help':
    case 'status':
    case 'open':
    case 'silences':
      return { name };
    case 'search':
      return rest.length === 0 ? undefined : { name, text: rest.join(' ') };
    case 'silence':
      return readSilence(rest);
    case 'redrive':
      return readRedrive(rest);
    case 'show':
    case 'why':
      return itemForm.test(item) ? { name, item } : undefined;
    default:
      return itemForm.test(item) ? readAct(name, item, words) : undefined;
  }
}

/** As somebody copies it: with marks that nobody sees, or in the back-ticks of code. */
function itemOf(word: string): ItemName {
  return withoutUnseen(word).replaceAll('`', '');
}

/** A length of time at the beginning, which a phone may have parted (`4 h`), and the rest. */
function readSpan(words: readonly string[]): [span: string | undefined, rest: readonly string[]] {
  const [one = '', other = '', ...rest] = words;
  if (duration(one) !== undefined) return [one, words.slice(1)];
  const both = `${one}${other}`;
  return /^\d+$/.test(one) && duration(both) !== undefined ? [both, rest] : [undefined, words];
}

const timed: readonly CommandName[] = ['ack', 'snooze'];

function readAct(
  name: ActOnItem['name'],
  item: ItemName,
  words: readonly string[],
): ActOnItem | undefined {
  const behindFor = words[0]?.toLowerCase() === 'for' ? words.slice(1) : words;
  const [span, behind] = timed.includes(name) ? readSpan(behindFor) : [];
  const noted = span === undefined ? words : behind!;
  const note = noted.length === 0 ? undefined : noted.join(' ');
  if (name === 'snooze' && span === undefined) return undefined;
  if (name === 'note' && note === undefined) return undefined;
  return { name, item, span, note };
}

function readSilence(words: readonly string[]): Command | undefined {
  const plain = words.filter((word) => !/^(for|preview)$/i.test(word));
  const [kind = '', written = '', ...behind] = plain;
  if (kind.toLowerCase() === 'end') return readEnd(plain.slice(1));
  const what = silenceable.find((one) => one === kind.toLowerCase());
  const item = itemOf(written);
  if (what === undefined || !itemForm.test(item)) return undefined;
  const [span, more] = readSpan(behind);
  if (span === undefined || more.length > 0) return undefined;
  const isPreview = words.some((word) => word.toLowerCase() === 'preview');
  return { name: 'silence', what, item, span, isPreview };
}

const silenceForm = /^#?(\d{1,15})$/;

function readEnd([written = '', ...more]: readonly string[]): Command | undefined {
  const [, silence] = silenceForm.exec(itemOf(written)) ?? [];
  if (silence === undefined || more.length > 0) return undefined;
  return { name: 'silence', what: 'end', silence };
}

const countForm = /^\d{1,9}$/;

function readRedrive(words: readonly string[]): Command | undefined {
  const counts = words.filter((word) => countForm.test(word));
  const sinks = words.filter((word) => !countForm.test(word));
  if (counts.length > 1 || sinks.length > 1) return undefined;
  const [count] = counts;
  return {
    name: 'redrive',
    sink: sinks[0],
    expected: count === undefined ? undefined : Number(count),
  };
}
