import { access, readFile } from 'node:fs/promises';
import type { Hop, Route } from './route.ts';

const exists = async (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** Certificates and hardware keys are files: what `ssh -G` only names as a default is no sign. */
const needsOpenssh = async (hop: Hop): Promise<boolean> => {
  if (hop.proxyCommand !== undefined) return true;
  const certificates = [...hop.certificateFiles, ...hop.identityFiles.map((file) => `${file}-cert.pub`)];
  const hardware = async (file: string) => (await readFile(`${file}.pub`, 'utf8').catch(() => '')).startsWith('sk-');
  const found = await Promise.all([...certificates.map(exists), ...hop.identityFiles.map(hardware)]);
  return found.includes(true);
};

/** `ssh2` is quicker; `openssh` where only it can: a certificate, a hardware key or a ProxyCommand, on any hop. */
export const chooseTransport = async ({ hops }: Route): Promise<'ssh2' | 'openssh'> =>
  (await Promise.all(hops.map(needsOpenssh))).includes(true) ? 'openssh' : 'ssh2';
