// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of tocsin.yaml
// Sources that read the same events twice, and streams that nobody reads.
import { expect, it } from 'vitest';
import { adapters, createLinter } from './policy.ts';

const { remarksOn } = createLinter();

it('two sources that read the same stream with the same key are remarked on', () => {
  const twin =
    '  twin: { type: deepinstinct_events, url: "https://a.example.com/", token: "${KEY}" }\n';
  const remarksWith = (source: string) => remarksOn(adapters.replace('sinks:', `${source}sinks:`));
  expect(remarksWith(twin)).toEqual([
    'read_twice tocsin.yaml:4:3 sources.twin reads with the same key what "events" reads, so that every event is announced twice. Remove one of the two, or give each a key of its own tenant',
  ]);
  // Another tenant's key: then nobody reads the other stream of that tenant.
  expect(remarksWith(twin.replace('"${KEY}"', '"another-key-${KEY}"'))).toEqual([
    expect.stringContaining(
      'unread_stream tocsin.yaml:4:3 sources.twin has a console whose stream suspicious nobody',
    ),
  ]);
});

it('a stream of a console that nobody reads is remarked on', () => {
  const one = adapters.replace(/ {2}suspicious.*\n/, '');
  expect(remarksOn(one)).toEqual([
    'unread_stream tocsin.yaml:2:3 sources.events has a console whose stream suspicious nobody reads. Add a source of type deepinstinct_suspicious_events with the same url and token',
  ]);
});

it('consoles whose every stream is read once are not remarked on', () => {
  expect(remarksOn(adapters)).toEqual([]);
  const other = adapters.split('\n').slice(1, 3).join('\n').replaceAll('a.example', 'b.example');
  const two = adapters.replace('sinks:', `${other.replace(/^ {2}(\w+)/gm, '  other-$1')}\nsinks:`);
  expect(remarksOn(two)).toEqual([]);
});

it('a source of changes that follows nothing is remarked on, and no other', () => {
  const changes = (url: string) =>
    adapters.replace(
      'sinks:',
      `  later: { type: deepinstinct_changes, url: "${url}", token: "\${KEY}" }\nsinks:`,
    );
  expect(remarksOn(changes('https://a.example.com'))).toEqual([]);
  expect(remarksOn(changes('https://b.example.com'))).toEqual([
    'follows_nothing tocsin.yaml:4:3 sources.later reports nothing: it follows the items of the other sources of its console, and there are none. Add a source with the same url, or remove this one',
  ]);
});
