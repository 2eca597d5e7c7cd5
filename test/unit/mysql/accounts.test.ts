import { expect, test } from 'vitest';
import { accountStatements } from '../../../src/adapters/mysql/steps/accounts.ts';
import { mysqlDialect } from '../../../src/adapters/mysql/mysql-dialect.ts';
import { Masked, shown } from '../../../src/masked.ts';

test('an account for several addresses is open under all of them at once, when each has its rights', () => {
  const account = { user: 'replctl_x', from: ['10.0.0.1', '::1'], privileges: ['REPLICATION SLAVE'], tls: true };
  const statements = accountStatements(mysqlDialect([9, 7, 4]), account, new Masked('secret'), ['::1']);
  expect(statements.map(shown)).toEqual([
    expect.stringMatching(
      /^CREATE USER 'replctl_x'@'10.0.0.1' .* REQUIRE SSL WITH MAX_USER_CONNECTIONS 1000 ACCOUNT LOCK PASSWORD EXPIRE NEVER$/,
    ),
    "GRANT REPLICATION SLAVE ON *.* TO 'replctl_x'@'10.0.0.1'",
    expect.stringMatching(
      /^ALTER USER 'replctl_x'@'::1' .* REQUIRE SSL WITH MAX_USER_CONNECTIONS 1000 ACCOUNT LOCK PASSWORD EXPIRE NEVER$/,
    ),
    "GRANT REPLICATION SLAVE ON *.* TO 'replctl_x'@'::1'",
    "ALTER USER 'replctl_x'@'10.0.0.1', 'replctl_x'@'::1' ACCOUNT UNLOCK",
  ]);
});
