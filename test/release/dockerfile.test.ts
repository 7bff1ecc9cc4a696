// What an image's configuration takes over from the Dockerfile.
import { expect, test } from 'vitest';
import { readProjectFile } from '../tree/project-files.ts';

const { configOf } = (await import(
  new URL('../../release/dockerfile.mjs', import.meta.url).href
)) as {
  configOf(text: string, values: Readonly<Record<string, string>>): Record<string, unknown>;
};

test('only the last stage counts, with the values of its arguments', () => {
  const text = `ARG BASE=a
FROM \${BASE} AS build
ENV A=1
FROM \${BASE}
# a comment
ARG VERSION=unknown
ARG OTHER=default
LABEL title="two words" \\
  version="\${VERSION}" other="\${OTHER}"
ENV B=2 \\
  C="x y"
WORKDIR /app
USER 7:8
VOLUME /data
EXPOSE 80
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \\
  CMD ["node", "-e", "fetch(process.env.PORT)"]
ENTRYPOINT ["node", "main.js"]
CMD ["serve"]
`;
  expect(configOf(text, { VERSION: '1.2.3' })).toEqual({
    Labels: { title: 'two words', version: '1.2.3', other: 'default' },
    Env: ['B=2', 'C=x y'],
    WorkingDir: '/app',
    User: '7:8',
    Volumes: { '/data': {} },
    ExposedPorts: { '80/tcp': {} },
    StopSignal: 'SIGTERM',
    Healthcheck: {
      Test: ['CMD', 'node', '-e', 'fetch(process.env.PORT)'],
      Interval: 30e9,
      Timeout: 5e9,
      StartPeriod: 60e9,
      Retries: 3,
    },
    Entrypoint: ['node', 'main.js'],
    Cmd: ['serve'],
  });
});

test('our own is read whole: each kind of line in its last stage is one that is known', () => {
  const last = readProjectFile('Dockerfile')
    .replace(/\\\n/g, '')
    .split(/^FROM /m)
    .at(-1)!;
  const names = [...last.matchAll(/^([A-Z]+) /gm)].map(([, name]) => name!);
  const known =
    'ARG LABEL ENV WORKDIR COPY USER VOLUME EXPOSE STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD';
  expect(names.filter((name) => !known.split(' ').includes(name))).toEqual([]);
  const config = configOf(readProjectFile('Dockerfile'), {});
  expect(config).toMatchObject({ User: '10001:10001', Cmd: ['serve'], WorkingDir: '/app' });
});
