import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `sample-data.sql`, for psql. */
export const sample = readFileSync(join(import.meta.dirname, 'sample-data.sql'), 'utf8');
