import { createHash } from 'node:crypto';
import { access, mkdir, rename, rm, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { debianMirror } from './apt.ts';
import { must } from './command.ts';
import { imageScript } from './image-script.ts';
import { withLock } from './lock.ts';
import { cacheDirectory, imageDirectory } from './paths.ts';
import { recipes, type ImageName } from './recipes.ts';

export interface EnsureImagesOptions {
  /** Hears one line when a build starts and when it ends. */
  say?: (line: string) => void;
}

/** Builds what is missing, suites side by side, and returns where each image lies. */
export async function ensureImages(
  names: readonly ImageName[],
  options: EnsureImagesOptions = {},
): Promise<Map<ImageName, string>> {
  const suites = Map.groupBy(new Set(names), (name) => recipes[name].suite);
  const built = new Map<ImageName, string>();
  await Promise.all(
    [...suites.values()].map(async (ofSuite) => {
      for (const name of ofSuite) built.set(name, await ensureImage(name, options));
    }),
  );
  return built;
}

/** Where the image lies, or will once it is built. */
export const imagePath = (name: ImageName): string => imageDirectory(`${name}-${imageKey(name)}`);

export async function imageIsBuilt(name: ImageName): Promise<boolean> {
  return access(imagePath(name)).then(
    () => true,
    () => false,
  );
}

/** Says what built the image: its whole script, and so its packages, and the same of the image it starts from. */
function imageKey(name: ImageName): string {
  const recipe = recipes[name];
  const base = recipe.from === undefined ? undefined : imageKey(recipe.from);
  const script = imageScript({ recipe, target: '', mirror: '', packages: '', ...(base === undefined ? {} : { base }) });
  return createHash('sha256').update(script).digest('hex').slice(0, 12);
}

async function ensureImage(name: ImageName, options: EnsureImagesOptions): Promise<string> {
  const target = imagePath(name);
  if (await imageIsBuilt(name)) return target;
  const recipe = recipes[name];
  const base = recipe.from === undefined ? undefined : await ensureImage(recipe.from, options);
  // One lock a suite: apt would not let two builds share the package files either.
  return withLock(join(cacheDirectory(), 'locks', `${recipe.suite}.lock`), async () => {
    if (await imageIsBuilt(name)) return target;
    const building = join(cacheDirectory(), 'building', recipe.suite);
    // What a killed builder left.
    await rm(building, { recursive: true, force: true });
    await mkdir(join(cacheDirectory(), 'images'), { recursive: true });
    await mkdir(building, { recursive: true });
    const started = Date.now();
    options.say?.(`building image ${name}`);
    const script = imageScript({
      recipe,
      target: join(building, name),
      mirror: await debianMirror(),
      packages: join(cacheDirectory(), 'packages', recipe.suite),
      ...(base === undefined ? {} : { base }),
    });
    try {
      await build(script);
      await rename(join(building, name), target);
    } finally {
      await rm(building, { recursive: true, force: true });
    }
    options.say?.(`built image ${name} in ${Math.round((Date.now() - started) / 1000)} s`);
    return target;
  });
}

/** When we are killed, so is everything the build started: the next builder finds the folder at rest. */
async function build(script: string): Promise<void> {
  const dying = ['setpriv', '--pdeathsig', 'KILL', '--'];
  await must([...dying, 'unshare', '--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', script], {
    timeoutSeconds: 1800,
  });
}

/** Images in the cache, newest recipe or not. */
export async function imagesInCache(): Promise<string[]> {
  return (await readdir(join(cacheDirectory(), 'images')).catch(() => [])).toSorted((a, b) => a.localeCompare(b));
}
