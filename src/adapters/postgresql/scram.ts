import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { Masked } from '../../masked.ts';

const iterations = 4096;

/**
 * The verifier that PostgreSQL itself would store for the password (RFC 5802, `pg_authid.rolpassword`), so that the password never
 * travels to the server and cannot reach its log. ASCII passwords only: SASLprep leaves those as they are.
 */
export const scramVerifier = async (password: string, salt: Uint8Array = randomBytes(16)): Promise<Masked> => {
  const salted = await promisify(pbkdf2)(password, salt, iterations, 32, 'sha256');
  const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64');
  const serverKey = hmac(salted, 'Server Key').toString('base64');
  return new Masked(`SCRAM-SHA-256$${iterations}:${Buffer.from(salt).toString('base64')}$${storedKey}:${serverKey}`);
};
