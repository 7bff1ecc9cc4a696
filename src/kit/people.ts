// Whom a sink lets act in its chat. The setting is the same for each product.
import { z } from 'zod';

const person = z
  .strictObject({
    id: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .describe('the product’s own id of the person, which never changes'),
    username: z
      .string()
      .regex(
        /^@?[^\s@]{1,64}$/,
        'is no username: give the name with which the person signs in there',
      )
      .optional()
      .describe('the name with which the person signs in there, in place of the id'),
    name: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .describe('how cards and the audit log call the person; the username if not set'),
    role: z
      .enum(['read', 'operate', 'admin'])
      .default('operate')
      .describe('what the person may do: read, operate or admin; operate if not set'),
  })
  .refine(
    ({ id, username }) => (id === undefined) !== (username === undefined),
    'names the person by both or neither of id and username: give one of the two',
  );

/** The setting where nobody can be asked who is in the channel. */
export const listedPeople = z.array(person).min(1).max(500);

/** The setting where the product tells who is in the channel. */
export const people = z.union([z.literal('members'), listedPeople]);

export type People = z.output<typeof people>;
