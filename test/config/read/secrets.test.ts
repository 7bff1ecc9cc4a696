// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of tocsin.yaml
// Secrets: known wherever they stand, and shown nowhere.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLoader, hook, three, token } from '../loader.ts';

const { load, problemsOf, yamlProblems } = createLoader();

describe('secrets', () => {
  it('of URLs are known by themselves: the password as written and as it reads', () => {
    const url = 'postgres://tocsin:p%40ss%2Fword@db.example/tocsin';
    const { secrets } = load({
      ...three,
      DATABASE_URL: url,
      HTTPS_PROXY: 'http://me:geheim@proxy.example:3128',
    });
    expect(secrets).toEqual([
      token,
      hook,
      url,
      'p%40ss%2Fword',
      'p@ss/word',
      'http://me:geheim@proxy.example:3128',
      'geheim',
    ]);
  });

  it.each<[string, boolean]>([
    ['abc', true],
    ['abcd', false],
  ])(
    'that are too short to be masked have a warning, which does not show them: %s',
    (secret, isShort) => {
      const { warnings } = load({
        ...three,
        DATABASE_URL: `postgres://tocsin:${secret}@db.example/tocsin`,
      });
      const words = `A secret of the configuration has fewer than 4 characters, so it is not masked in logs and answers. Use a longer one.`;
      expect(warnings).toEqual(isShort ? [words] : []);
    },
  );

  const word = fc
    .stringMatching(/^[A-Za-z0-9_#:@/%"'{}$ -]{12,40}$/)
    .filter((text) => text.trim().length >= 12);
  const hides = (secret: string, run: () => readonly unknown[]) => {
    const output = JSON.stringify(run());
    expect(output.includes(secret) || output.includes(JSON.stringify(secret).slice(1, -1))).toBe(
      false,
    );
  };

  it('appear in no problem and no warning, whatever they hold and wherever they are misplaced', () => {
    fc.assert(
      fc.property(
        word,
        fc.constantFrom('', 'Bearer ', 'postgres://u:', 'https://chat.example/hooks/'),
        (secret, prefix) => {
          for (const name of [
            'TOKENS_KEY',
            'MATTERMOST_WEBHOOK_URL',
            'DATABASE_URL',
            'DATABASE_URL_DIRECT',
            'HTTPS_PROXY',
          ]) {
            hides(secret, () => problemsOf({ [name]: `${prefix}${secret}`, PORT: 'x' }));
          }
          for (const name of [
            'PORT',
            'POLLING_INTERVAL',
            'TZ',
            'LOCALE',
            'SINK_RATE',
            'STORM',
            'HOST',
            'LOG_LEVEL',
            'MIN_SEVERITY',
          ]) {
            hides(secret, () => problemsOf({ [name]: secret, TOKENS_KEY: secret }));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('that stand in a variable of another meaning are not shown whole, though nobody knows that they are secret', () => {
    const misplaced = 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl';
    for (const name of [
      'PORT',
      'POLLING_INTERVAL',
      'TZ',
      'LOCALE',
      'SINK_RATE',
      'STORM',
      'LOG_LEVEL',
      'MIN_SEVERITY',
      'EMBEDDED',
    ]) {
      const problems = problemsOf({ ...three, [name]: misplaced });
      expect(problems).toHaveLength(1);
      expect(problems[0]?.problem).toContain('"eyJhbGci…"');
      expect(JSON.stringify(problems)).not.toContain(misplaced.slice(8));
    }
  });

  it('that look like a variable without being one are not shown', () => {
    const problems = yamlProblems(
      'sinks:\n  soc:\n    type: mattermost\n    url: "${@- #{0$:-}"\n',
      {},
    );
    expect(JSON.stringify(problems)).toContain('{…} does not name a variable');
    expect(JSON.stringify(problems)).not.toContain('#{0');
  });

  it('written into the file appear in no problem, whatever breaks the file', () => {
    fc.assert(
      fc.property(
        word,
        fc.constantFrom('', '"', '- ', '? ', '{', '*', '&', '!', '\t', '|', '%'),
        (secret, sign) => {
          // That is the name of a variable.
          fc.pre(!/\$\{[A-Za-z_]\w*\}/.test(secret));
          const text = `sinks:\n  soc:\n    type: mattermost\n    url: ${sign}${secret}\n  b: { type: mattermost, url: ${secret}\n`;
          hides(secret, () => yamlProblems(text, {}));
          hides(secret, () =>
            yamlProblems(
              `sinks:\n  soc:\n    type: mattermost\n    url: ${JSON.stringify(secret)}\n`,
              {},
            ),
          );
        },
      ),
      { numRuns: 100 },
    );
  });
});
