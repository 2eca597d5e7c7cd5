import { randomBytes } from 'node:crypto';

/** Letters, digits, `-` and `_`: it needs no quoting in SQL, option files and password files. */
export const newPassword = (): string => randomBytes(24).toString('base64url');
