// The form of templates in tocsin.yaml.
import { z } from 'zod';
import { templateLimits } from '../../../core/template/template.ts';

const field = z
  .strictObject({
    title: z.string().describe('a Liquid text'),
    value: z.string().describe('a Liquid text'),
    short: z.boolean().optional().describe('true if two may stand side by side'),
  })
  .describe('a map with title, value, short');

const template = z
  .strictObject({
    title: z.string().optional().describe('a Liquid text'),
    text: z.string().optional().describe('a Liquid text'),
    fields: z
      .array(field)
      .min(1)
      .max(templateLimits.fields)
      .optional()
      .describe(`a list of 1 to ${templateLimits.fields} fields`),
  })
  .describe('a map with title, text, fields, of which it has at least one');
export type TemplateContent = z.output<typeof template>;

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/,
    'is not a name: at most 63 letters, digits, "-" and "_", beginning with a letter or digit',
  );
const nonEmpty = template.refine((content) => Object.keys(content).length > 0, {
  error: 'says nothing',
  when: ({ issues }) => issues.length === 0,
});

export const templatesSchema = z
  .record(name, nonEmpty)
  .optional()
  .describe('a map from names to templates');
