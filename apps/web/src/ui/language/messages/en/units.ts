export const units = {
  days: '{value} d',
  hours: '{value} h',
  minutes: '{value} min',
  seconds: '{value} s',
  milliseconds: '{value} ms',
  now: 'just now',
  perSecond: '{amount}/s',
  unknown: 'unknown',
  none: 'none',
} as const;
