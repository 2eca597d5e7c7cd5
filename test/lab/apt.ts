import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The Debian mirror this box itself uses: the first source that serves this release's `main`.
 * Third-party archives and the security archive serve suites of other names.
 */
export async function debianMirror(root = '/'): Promise<string> {
  const codename = /^VERSION_CODENAME=(\S+)/m.exec(await readFile(join(root, 'etc/os-release'), 'utf8'))?.[1];
  if (codename === undefined) throw new Error('this Debian does not name its release in /etc/os-release');
  for (const text of await sourceFiles(join(root, 'etc/apt'))) {
    const mirror = fromStanzas(text, codename) ?? fromLines(text, codename);
    if (mirror !== undefined) return mirror;
  }
  throw new Error(`no apt source of this box serves ${codename} main`);
}

async function sourceFiles(directory: string): Promise<string[]> {
  const parts = await readdir(join(directory, 'sources.list.d')).catch(() => []);
  const names = [
    'sources.list',
    ...parts.toSorted((a, b) => a.localeCompare(b)).map((name) => join('sources.list.d', name)),
  ];
  return Promise.all(names.map((name) => readFile(join(directory, name), 'utf8').catch(() => '')));
}

/** The deb822 form: `Types:`, `URIs:`, `Suites:`, `Components:`. */
function fromStanzas(text: string, codename: string): string | undefined {
  for (const stanza of text.split(/\n\s*\n/)) {
    const field = (name: string) => new RegExp(`^${name}:(.*)$`, 'im').exec(stanza)?.[1]?.trim().split(/\s+/) ?? [];
    const serves = field('Suites').includes(codename) && field('Components').includes('main');
    if (serves && field('Types').includes('deb')) return field('URIs')[0];
  }
  return undefined;
}

/** The one-line form: `deb [options] uri suite component…`. */
function fromLines(text: string, codename: string): string | undefined {
  for (const line of text.split('\n')) {
    const [, uri, suite, components] = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.*)$/.exec(line.trim()) ?? [];
    if (suite === codename && components?.split(/\s+/).includes('main') === true) return uri;
  }
  return undefined;
}
