import { expect, test } from 'vitest';
import { page } from '../../faults/page.ts';

test('the page in docs is made of the lists that the matrix is made of', async () => {
  await expect(page()).toMatchFileSnapshot('../../../docs/interruptions.md');
});
