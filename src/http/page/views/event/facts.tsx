// What is known of an event, in the order in which people ask; what can be searched for is a link.
// What the vendor changed since stands there as it is now, with what it was.
import type { EventBody } from '../../../../kit/event.ts';
import type { vendorNames } from '../../../../kit/incident.ts';
import type { event } from '../../../../operations/index.ts';
import { Theirs, Time } from '../../parts/text.tsx';
import type { Words } from '../../words/index.ts';

type Shown = Awaited<ReturnType<typeof event.show.run>>;
type FactName = keyof Words['event']['names'];

interface Fact {
  readonly name: FactName;
  readonly text: string | null | undefined;
  /** What the event said, where the vendor says something else now; null: nothing. */
  readonly was?: string | null;
  /** The filter of the search that finds its like. */
  readonly filter?: 'id' | 'hash' | 'device' | 'user' | 'ip' | 'type' | 'source' | 'subject';
  readonly canCopy?: true;
}

/** Longer ones are cut; the raw object has them whole. */
const lengthMax = 2000;

export function Facts({ shown, words }: { readonly shown: Shown; readonly words: Words }) {
  const { occurredAt, receivedAt } = shown.event;
  const { names } = words.event;
  return (
    <dl class="panel facts">
      {factsOf(shown).map((fact) => row(fact, words))}
      <dt>{names.occurredAt}</dt>
      <dd>
        <Time at={occurredAt} />
      </dd>
      <dt>{names.receivedAt}</dt>
      <dd>
        <Time at={receivedAt} />
      </dd>
    </dl>
  );
}

function row({ name, text, was, filter, canCopy }: Fact, { event: own, shell }: Words) {
  if (text === null || text === undefined || (text === '' && was === undefined)) return null;
  const shown = cut(text || absent);
  return (
    <>
      <dt>{own.names[name]}</dt>
      <dd>
        {filter === undefined || text.length > 300 ? (
          shown
        ) : (
          <a href={`/events?${new URLSearchParams({ [filter]: text })}`}>{shown}</a>
        )}
        {was !== undefined && (
          <span class="quiet">
            {' '}
            {own.was} {cut(was || absent)}
          </span>
        )}
        {canCopy && (
          <button
            type="button"
            class="copy"
            data-copied={shell.copied}
            aria-label={`${shell.copy}: ${own.names[name]}`}
            hidden
          >
            {shell.copy}
          </button>
        )}
      </dd>
    </>
  );
}

const absent = '–';

function cut(text: string) {
  return <Theirs text={text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text} />;
}

function factsOf(shown: Shown): Fact[] {
  const { event: one, body } = shown;
  return [
    { name: 'threat', text: body.threatType },
    { name: 'description', text: body.description },
    nowOf('action', one.action, shown),
    nowOf('status', one.status, shown),
    nowOf('fileStatus', null, shown),
    nowOf('sandboxStatus', null, shown),
    { name: 'severityRaw', text: body.severityRaw },
    ...whereOf(body),
    ...whatOf(body),
    {
      name: 'techniques',
      text: body.techniques?.map(({ id, name }) => `${id} ${name ?? ''}`).join(', '),
    },
    { name: 'recurrence', text: numberOf(body.recurrence) },
    { name: 'affectedDevices', text: numberOf(body.affectedDevices) },
    { name: 'trigger', text: body.trigger },
    nowOf('lastAction', body.lastAction, shown),
    nowOf('comment', body.comment, shown),
    { name: 'itemId', text: one.itemId, filter: 'id', canCopy: true },
    { name: 'source', text: one.source, filter: 'source' },
    { name: 'stream', text: one.stream },
  ];
}

/** @param said by the event itself */
function nowOf(
  name: (typeof vendorNames)[number],
  said: string | null | undefined,
  { incident }: Shown,
): Fact {
  const now = incident?.vendor[name];
  if (now === undefined || now === (said ?? '')) return { name, text: said };
  return { name, text: now, was: said ?? null };
}

function whereOf({ device, user, tenant, remoteIp }: EventBody): Fact[] {
  const filtered = (filter: NonNullable<Fact['filter']>) => ({ filter, canCopy: true }) as const;
  return [
    { name: 'device', text: device?.name ?? device?.id, ...filtered('device') },
    { name: 'ip', text: device?.ip, ...filtered('ip') },
    { name: 'user', text: user, ...filtered('user') },
    { name: 'os', text: joined(device?.os, device?.osVersion) },
    { name: 'group', text: device?.group },
    { name: 'policy', text: device?.policy },
    { name: 'domain', text: device?.domain },
    { name: 'mac', text: device?.mac },
    { name: 'agent', text: device?.agentVersion },
    { name: 'tenant', text: tenant?.name ?? tenant?.id },
    { name: 'remoteIp', text: remoteIp, ...filtered('ip') },
  ];
}

function whatOf({ file, process, parentProcess, target }: EventBody): Fact[] {
  return [
    { name: 'file', text: file?.name },
    { name: 'path', text: file?.path, canCopy: true },
    { name: 'script', text: file?.script },
    { name: 'hash', text: file?.hash, filter: 'hash', canCopy: true },
    { name: 'fileType', text: joined(file?.type, numberOf(file?.size)) },
    { name: 'signer', text: file?.signer },
    { name: 'process', text: process?.path ?? process?.name },
    { name: 'commandLine', text: process?.commandLine, canCopy: true },
    { name: 'parent', text: parentProcess?.path ?? parentProcess?.name },
    { name: 'parentCommandLine', text: parentProcess?.commandLine },
    { name: 'target', text: target },
  ];
}

function joined(...texts: readonly (string | undefined)[]): string {
  return texts.filter(Boolean).join(', ');
}

function numberOf(count: number | undefined): string | undefined {
  return count?.toString();
}
