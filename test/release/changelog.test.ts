// What the changelog says of one version, and the notes of a release made of it.
import { expect, test } from 'vitest';
import { script } from './scripts.ts';

const { notesOf, sectionOf } = await script<{
  notesOf(text: string, version: string, home: string): string;
  sectionOf(text: string, version: string): { date?: string; body: string } | undefined;
}>('changelog.mjs');

const text = `# Changelog

## [Unreleased]

## [0.2.0] - 2026-11-30

### Added

- The sink [ntfy](docs/sinks/ntfy.md), as [its makers](https://example.com/bell) want it.

## [0.1.0] - 2026-11-24

- Everything.
`;

test('a section ends where the next begins', () => {
  expect(sectionOf(text, '0.1.0')).toEqual({ date: '2026-11-24', body: '- Everything.' });
  expect(sectionOf(text, 'Unreleased')).toEqual({ date: undefined, body: '' });
  expect(sectionOf(text, '0.3.0')).toBeUndefined();
  expect(sectionOf(text, '0.2.0')!.body).toMatch(/^### Added\n\n- The sink.*want it\.$/s);
});

test('links of the notes lead into the repository as it was released', () => {
  const notes = notesOf(text, '0.2.0', 'https://git.example.com/soc/tocsin');
  const home = 'https://git.example.com/soc/tocsin/blob/v0.2.0';
  expect(notes).toContain(`[ntfy](${home}/docs/sinks/ntfy.md)`);
  expect(notes).toContain('[its makers](https://example.com/bell)');
  expect(notes).toContain(`(${home}/SECURITY.md#verify-a-release)`);
  expect(notes).not.toContain('Everything');
});
