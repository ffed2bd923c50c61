import type { StartThread } from '../order-threads.ts';

/** Answers with the word it was started with; ends its thread, or fails, when told to. */
export const start: StartThread<string, string, string> = (word) => (order) => {
  if (order === 'end') process.exit(3);
  if (order === 'fail') throw new Error('told to fail');
  return { answer: `${word} ${order}` };
};
