import { expect, it } from 'vitest';
import { attachmentOf } from './content-disposition.ts';

it.each([
  ['report.pdf', `attachment; filename="report.pdf"; filename*=UTF-8''report.pdf`],
  [
    'Übersicht 中.txt',
    `attachment; filename="_bersicht _.txt"; filename*=UTF-8''%C3%9Cbersicht%20%E4%B8%AD.txt`,
  ],
  [`a"b\\c%d`, `attachment; filename="a_b_c_d"; filename*=UTF-8''a%22b%5Cc%25d`],
  [`it's (1)*`, `attachment; filename="it's (1)*"; filename*=UTF-8''it%27s%20%281%29%2A`],
  [
    'a\r\nSet-Cookie: x',
    `attachment; filename="a__Set-Cookie: x"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x`,
  ],
  ['\udcff', `attachment; filename="_"; filename*=UTF-8''%EF%BF%BD`],
])('%j', (name, header) => {
  expect(attachmentOf(name)).toBe(header);
  expect(() => new Headers({ 'content-disposition': header })).not.toThrow();
});
