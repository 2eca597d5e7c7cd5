import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { ensureImages, imagePath, imagesInCache } from '../image.ts';
import { imageDirectory } from '../paths.ts';
import { imageNames, isImageName } from '../recipes.ts';
import { readLabs } from '../registry.ts';
import { installMissing, labUnavailable } from '../setup.ts';

/** Builds what is missing and lists the cache; `removeOld` drops what no recipe makes any more. */
export async function images(words: readonly string[], removeOld: boolean): Promise<number> {
  const reason = labUnavailable();
  if (reason !== undefined) throw new Error(reason);
  const wrong = words.find((word) => !isImageName(word));
  if (wrong !== undefined) throw new Error(`no image ${wrong}; there are ${imageNames.join(', ')}`);
  const say = (line: string) => process.stderr.write(`${line}\n`);
  await installMissing(say);
  await ensureImages(words.length === 0 ? imageNames : words.filter(isImageName), { say });
  const current = new Set(imageNames.map((name) => basename(imagePath(name))));
  if (removeOld && (await readLabs()).length > 0) throw new Error('a lab is running, perhaps on an old image');
  for (const image of await imagesInCache()) {
    const old = !current.has(image);
    if (old && removeOld) await rm(imageDirectory(image), { recursive: true });
    else process.stdout.write(`${imageDirectory(image)}${old ? ' (old)' : ''}\n`);
  }
  return 0;
}
