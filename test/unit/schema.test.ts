import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { fleetJsonSchema } from '../../src/fleet/schema.ts';

test('replctl.schema.json is the one that the schema gives: run "npm run build" where it is not', async () => {
  const shipped: unknown = JSON.parse(await readFile(new URL('../../replctl.schema.json', import.meta.url), 'utf8'));
  expect(shipped).toEqual(JSON.parse(JSON.stringify(fleetJsonSchema())));
});
