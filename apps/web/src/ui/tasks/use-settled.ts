'use client';

import { useEffect, useState } from 'react';

/** `value` once it has not changed for `delayMs`. Compared by its JSON, so a new equal object changes nothing. */
export function useSettled<Value>(value: Value, delayMs: number): { settled: Value; waiting: boolean } {
  const text = JSON.stringify(value);
  const [kept, setKept] = useState({ text, value });
  useEffect(() => {
    if (text === kept.text) return;
    const timer = setTimeout(() => setKept({ text, value: JSON.parse(text) as Value }), delayMs);
    return () => clearTimeout(timer);
  }, [text, kept.text, delayMs]);
  return { settled: kept.value, waiting: text !== kept.text };
}
