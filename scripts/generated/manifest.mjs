import { Plugin } from '@oclif/core';
import { settings } from '@oclif/core/settings';

/** oclif's command manifest, by which it starts without loading a command. The `oclif` package would write the same, in 55 MB. */
export const manifestOf = async (root) => {
  settings.enableAutoTranspile = false;
  const plugin = new Plugin({ root, type: 'core', ignoreManifest: true, errorOnManifestCreate: true });
  await plugin.load();
  return plugin.manifest;
};
