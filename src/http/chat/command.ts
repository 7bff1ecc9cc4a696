// A slash command: what was asked for, and the answer. Only whoever wrote it sees that.
import {
  type Command,
  type CommandName,
  code,
  commandNames,
  forms,
  readCommand,
} from '../../core/chat/index.ts';
import type { Text } from '../../kit/card.ts';
import type { WrittenCommand } from '../../kit/chat.ts';
import { details, headline } from './details.ts';
import { find } from './find.ts';
import { act, standing } from './incident.ts';
import { open, search } from './lists.ts';
import { redrive } from './redrive.ts';
import { endSilence, silenceLike, silences } from './silence.ts';
import { status } from './status.ts';
import { type Said, type Visit, valueMax } from './visit.ts';
import { why } from './why.ts';

export async function command(visit: Visit, { text }: WrittenCommand): Promise<Said> {
  const refusal = await visit.enter();
  if (refusal !== undefined) return refusal;
  const read = readCommand(text);
  if (!('fault' in read)) return answered(visit, read);
  if (read.fault === 'incomplete')
    return formsOf(read.name).map((form) => visit.say('incomplete', { form }));
  return [visit.say('unknownCommand', { word: code(read.word, valueMax) }), ...list()];
}

function formsOf(name: CommandName): Text[] {
  return forms[name].map((form) => code(`/tocsin ${form}`, valueMax));
}

const list = (): Said => commandNames.flatMap(formsOf);

function answered(visit: Visit, asked: Command): Promise<Said> {
  switch (asked.name) {
    case 'help':
      return Promise.resolve([visit.say('help'), ...list()]);
    case 'status':
      return status(visit);
    case 'open':
      return open(visit);
    case 'search':
      return search(visit, asked.text);
    case 'redrive':
      return redrive(visit, asked);
    case 'silences':
      return silences(visit);
    default:
      return 'item' in asked ? ofItem(visit, asked) : endSilence(visit, asked.silence);
  }
}

type OfItem = Extract<Command, { readonly item: string }>;

const acts = {
  ack: 'acknowledge',
  resolve: 'resolve',
  snooze: 'snooze',
  reopen: 'reopen',
  escalate: 'escalate',
  note: 'note',
} as const;

async function ofItem(visit: Visit, asked: OfItem): Promise<Said> {
  const found = await find(visit, asked.item);
  if (typeof found !== 'string') return found;
  switch (asked.name) {
    case 'why':
      return why(visit, found);
    case 'show':
      return [
        await headline(visit, found),
        ...(await standing(visit, found)),
        ...(await details(visit, found)),
      ];
    case 'silence':
      return silenceLike(visit, asked.what, {
        ...{ eventId: found, value: asked.span, isPreview: asked.isPreview },
      });
    default: {
      const { span: value, note } = asked;
      return act(visit, acts[asked.name], { eventId: found, value, note });
    }
  }
}
