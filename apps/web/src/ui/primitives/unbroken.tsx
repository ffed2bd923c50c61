import { Fragment } from 'react';

/** Longer ones must be able to break, or they would stick out. */
const LONGEST = 40;

/** A sentence whose names with hyphens (`web-1.example`) are not torn apart at the end of a line. */
export function Unbroken({ text }: { text: string }) {
  return text.split(/(\s+)/).map((word, index) =>
    word.includes('-') && word.length <= LONGEST ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: words of one sentence have no other name.
      <span key={index} className="whitespace-nowrap">
        {word}
      </span>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: see above.
      <Fragment key={index}>{word}</Fragment>
    ),
  );
}
