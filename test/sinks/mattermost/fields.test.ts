// The fields of a card: what each shows and leaves out.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventOfTexts } from '../../support/events.ts';
import { card, fields, notice, withBody } from './cards.ts';
import { outsideCode } from './model.ts';

describe('the fields of a card', () => {
  test('the vendor’s word for the severity stands beside ours if it differs', () => {
    expect(fields(withBody({ severityRaw: 'VERY_HIGH' }, { severity: 5 })).Severity).toBe(
      'CRITICAL (`VERY_HIGH`)',
    );
    expect(fields(withBody({ severityRaw: 'HIGH' }, { severity: 4 })).Severity).toBe('HIGH');
  });

  test('an action that failed afterwards stands out, in the line too', () => {
    const event = withBody({ lastAction: 'QUARANTINE_FAILED' });
    expect(fields(event)['Last Action']).toBe('⚠ `QUARANTINE_FAILED`');
    expect(card(event).text).toContain('⚠ `PREVENTED` → `QUARANTINE_FAILED`');
    const fine = withBody({ lastAction: 'QUARANTINE_SUCCESS' });
    expect(fields(fine)['Last Action']).toBe('`QUARANTINE_SUCCESS`');
    expect(card(fine).text).not.toContain('⚠');
  });

  test('fields that hold nothing to see are left out', () => {
    fc.assert(
      fc.property(fc.constantFrom('', ' ', '\u0000', '\t\n', '\u00A0\u3000'), (nothing) => {
        const shown = card(eventOfTexts(() => nothing));
        for (const { value } of shown.attachments[0]!.fields) expect(value).toMatch(/[\p{L}\d]/u);
        expect(JSON.stringify(shown)).not.toMatch(/null|undefined|""|``/);
      }),
    );
  });

  test('once is no recurrence, and one device no crowd', () => {
    expect(fields(withBody({ recurrence: 1, affectedDevices: 1 }))).not.toHaveProperty(
      'Recurrence',
    );
    const several = fields(withBody({ recurrence: 9, affectedDevices: 2 }));
    expect(several).toMatchObject({ Recurrence: '9', 'Affected Devices': '2' });
  });

  test('the tenant is named where several are', () => {
    const event = withBody({ tenant: { name: 'บริษัท ก', provider: 'MSP B' } });
    expect(fields(event, { showTenant: true })['Tenant / MSP']).toBe('`บริษัท ก` / `MSP B`');
    expect(fields(event, { showTenant: false })).not.toHaveProperty('Tenant / MSP');
  });

  test('a word of a description or of a message notifies nobody who has it among the own keywords', () => {
    const body = {
      description: 'Known ransomware, asks for bitcoin.',
      comment: 'ransomware again',
    };
    const said = notice('sink_paused', {
      sink: 'soc',
      reason: 'bad_config',
      message: 'No ransomware here.',
    });
    for (const event of [withBody(body), said]) {
      const [attachment] = card(event).attachments;
      const running = attachment!.fields.map(({ value }) => outsideCode(value)).join(' ');
      expect(JSON.stringify(attachment)).toContain('ransomware');
      expect(running).not.toMatch(/ransomware|bitcoin/);
    }
  });

  test('a script keeps its lines, and is cut in the middle', () => {
    const script = `begin\n${'x\n'.repeat(5_000)}end`;
    const shown = fields(withBody({ file: { script } })).Script!;
    expect(shown).toMatch(/^```\nbegin\n(x\n)+x?…x?(\nx)*\nend\n```$/);
  });

  test('a process shows its command, its user and its number', () => {
    const process = { name: 'a.exe', commandLine: 'rundll32 b.dll,Run', user: 'CORP\\x', id: 12 };
    expect(fields(withBody({ process })).Process).toBe(
      '`a.exe` · `rundll32 b.dll,Run` · `CORP\\x` · PID 12',
    );
    expect(fields(withBody({ process: { name: 'a.exe', commandLine: 'a.exe /q' } })).Process).toBe(
      '`a.exe /q`',
    );
    expect(fields(withBody({ process: {} }))).not.toHaveProperty('Process');
  });
});
