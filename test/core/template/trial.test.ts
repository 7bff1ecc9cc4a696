// A template is tried before there is an event: on one that says nothing, and on one that says
// everything.
import { describe, expect, test } from 'vitest';
import { compileText, TemplateError } from '../../../src/core/template/engine.ts';
import { templateFields } from '../../../src/core/template/fields.ts';
import { tryTemplate } from '../../../src/core/template/trial.ts';

const fields = { ...templateFields, labels: { severity: 'single' as const } };
/** What trying does with a title that can be compiled. */
function attempt(text: string) {
  const title = compileText(text, fields);
  return () => tryTemplate({ name: 't', title }, ['severity']);
}

describe('let through is a title that', () => {
  test.each([
    ['names what is always there', '{{ event.type }} {{ labels.severity }} {{ event.time }}'],
    ['names what may be missing', 'x{{ event.device.name }}{{ event.file.size }}'],
    ['goes through a long list', '{% for t in event.techniques %}{{ t }}{% endfor %}'],
    ['is empty for an event that says nothing', '{{ event.device.name }}'],
  ])('%s', (_title, text) => {
    expect(attempt(text)).not.toThrow();
  });
});

describe('refused is a title that', () => {
  test.each([
    [
      'fails where an event says nothing',
      '{% if event.user %}{% assign a = "x" %}{% endif %}{{ a }}',
    ],
    [
      'fails where an event says much',
      '{% unless event.user %}{% assign a = "x" %}{% endunless %}{{ a }}',
    ],
    [
      'takes too much where an event says much',
      '{% for t in event.techniques %}{{ event.type | slice: 0, event.file.size }}{% endfor %}',
    ],
  ])('%s', (_title, text) => {
    expect(attempt(text)).toThrow(TemplateError);
  });
});
