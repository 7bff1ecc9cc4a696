// What is known of an event, in the order in which people ask; what can be searched for is a link.
import type { EventBody } from '../../../../kit/event.ts';
import type { event } from '../../../../operations/index.ts';
import { Theirs, Time } from '../../parts/text.tsx';
import type { Words } from '../../words/index.ts';

type Shown = Awaited<ReturnType<typeof event.show.run>>;
type FactName = keyof Words['event']['names'];

interface Fact {
  readonly name: FactName;
  readonly text: string | null | undefined;
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

function row({ name, text, filter, canCopy }: Fact, { event: own, shell }: Words) {
  if (text === null || text === undefined || text === '') return null;
  const shown = <Theirs text={text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text} />;
  return (
    <>
      <dt>{own.names[name]}</dt>
      <dd>
        {filter === undefined || text.length > 300 ? (
          shown
        ) : (
          <a href={`/events?${new URLSearchParams({ [filter]: text })}`}>{shown}</a>
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

function factsOf({ event: one, body }: Shown): Fact[] {
  return [
    { name: 'threat', text: body.threatType },
    { name: 'description', text: body.description },
    { name: 'action', text: one.action },
    { name: 'status', text: one.status },
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
    { name: 'lastAction', text: body.lastAction },
    { name: 'comment', text: body.comment },
    { name: 'itemId', text: one.itemId, filter: 'id', canCopy: true },
    { name: 'source', text: one.source, filter: 'source' },
    { name: 'stream', text: one.stream },
  ];
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
