import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conninfo, parseConninfo, passfileLine } from '../../../src/adapters/postgresql/conninfo.ts';

describe('a connection string', () => {
  test('survives being written and read, whatever its values hold', () => {
    const odd = fc.oneof(fc.string(), fc.stringMatching(/^[ '\\="\t\n]{0,8}$/));
    fc.assert(
      fc.property(odd, odd, (host, application_name) => {
        expect(parseConninfo(conninfo({ host, application_name }))).toEqual({ host, application_name });
      }),
    );
  });

  test('leaves out what is not given', () => {
    expect(conninfo({ host: 'db1', port: 5432, sslmode: undefined })).toBe("host='db1' port='5432'");
  });

  // Each as PQconninfoParse() of libpq 15 reads it.
  test.each([
    ['host=db1 port=5432', { host: 'db1', port: '5432' }],
    ['host = db1  port= 5433', { host: 'db1', port: '5433' }],
    ["host='db1'port=5432", { host: 'db1', port: '5432' }],
    [String.raw`host=a\ b user=x`, { host: 'a b', user: 'x' }],
    ['host= port=5432', { host: 'port=5432' }],
    ['  host=db1  ', { host: 'db1' }],
    [String.raw`password='a\'b\\c' host=db1`, { password: String.raw`a'b\c`, host: 'db1' }],
    [String.raw`user=it\'s`, { user: "it's" }],
    ["host=a'b user=x", { host: "a'b", user: 'x' }],
    ["host='' user=x", { host: '', user: 'x' }],
    ['host=a\tuser=b\nport=1', { host: 'a', user: 'b', port: '1' }],
    [String.raw`host='it\'s' application_name='x\\\''`, { host: "it's", application_name: String.raw`x\'` }],
  ])('%j is read as libpq reads it', (text, parameters) => {
    expect(parseConninfo(text)).toEqual(parameters);
  });

  test.each(['postgresql://u@h/db', 'host', "host='never closed"])('%j says nothing', (text) => {
    expect(parseConninfo(text)).toEqual({});
  });
});

describe('a line of the password file', () => {
  test.each([
    [['10.0.0.11', '5432', '*', 'replctl_db2'], '10.0.0.11:5432:*:replctl_db2'],
    [['fd00::11', '5432', '*', 'replctl_db2'], String.raw`fd00\:\:11:5432:*:replctl_db2`],
    [[String.raw`a\b`, '1', '*', 'x:y'], String.raw`a\\b:1:*:x\:y`],
  ])('of %j is %s', (parts, line) => {
    expect(passfileLine(parts)).toBe(line);
  });
});
