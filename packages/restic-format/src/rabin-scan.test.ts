import { expect, it } from 'vitest';
import { compileRabinScan } from '../../../scripts/build-rabin-scan.ts';
import { RABIN_SCAN_CODE } from './rabin-scan-code.ts';
import { createScannerMemory } from './rabin-scan.ts';

it('is what its source compiles to', async () => {
  expect(RABIN_SCAN_CODE).toBe(await compileRabinScan());
});

it('refuses a polynomial of another degree', () => {
  expect(() => createScannerMemory(7n, 0)).toThrow(/degree 53, not 2/);
});
