import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { isMap, parse, parseDocument, visit } from 'yaml';
import { loadFleet } from '../../src/fleet/load.ts';
import { fleetJsonSchema } from '../../src/fleet/schema.ts';
import { surroundings } from './fleet/fleet-file.ts';

const templates = fileURLToPath(new URL('../../templates', import.meta.url));
const read = (path: string): string => readFileSync(`${templates}/${path}`, 'utf8');

/** Every `properties` key of a JSON Schema, however deep. */
const keysOf = (schema: unknown): readonly string[] =>
  typeof schema !== 'object' || schema === null
    ? []
    : Object.entries(schema).flatMap(([key, value]) => [
        ...(key === 'properties' ? Object.keys(value as object) : []),
        ...keysOf(value),
      ]);

describe('the annotated fleet file', () => {
  test('is one that replctl takes', async () => {
    const fleet = await loadFleet(surroundings(templates, { fleet: 'replctl.example.yaml' }));
    expect(fleet.leader.name).toBe('db1');
    expect(fleet.nodes.map((node) => node.ssh.transport)).toContain('local');
  });

  test('has every key of the schema', () => {
    const used = new Set<string>();
    visit(parseDocument(read('replctl.example.yaml')), {
      Map: (_, map) => {
        for (const { key } of map.items) used.add(String(key));
      },
    });
    // The other two ways to name a secret are told in a comment: a secret has one.
    const known = new Set([...used, 'file', 'command']);
    expect(keysOf(fleetJsonSchema()).filter((key) => !known.has(key))).toEqual([]);
  });

  test('has a comment for every section, and the schema for editors', () => {
    const text = read('replctl.example.yaml');
    expect(text).toMatch(/^# yaml-language-server: \$schema=\S+replctl\.schema\.json$/m);
    for (const key of ['fleet', 'engine', 'ssh', 'database']) expect(text).toMatch(new RegExp(`^# .*\\n${key}:`, 'm'));
  });
});

describe('the examples for CI', () => {
  test.each(readdirSync(`${templates}/ci`).filter((name) => name.endsWith('.yml')))('%s is YAML', (name) => {
    const document = parseDocument(read(`ci/${name}`));
    expect(document.errors).toEqual([]);
    expect(isMap(document.contents)).toBe(true);
    expect(JSON.stringify(parse(read(`ci/${name}`)))).toContain('provision.sh');
  });

  test.each(['sh', 'bash'])('provision.sh is a script for %s', (shell) => {
    expect(spawnSync(shell, ['-n', `${templates}/ci/provision.sh`], { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(read('ci/provision.sh')).toMatch(/^#!\/bin\/sh\n/);
  });
});
