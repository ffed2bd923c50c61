/** The mark: a wall, and the waves it holds off. */
export function BrandMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={className} fill="none">
      <path d="M15 3h4.5L22 21h-9.5L15 3Z" className="fill-accent" />
      <path
        d="M2 9.5c1.6 0 1.6 1.5 3.2 1.5s1.6-1.5 3.2-1.5S10 11 11.6 11M2 14c1.6 0 1.6 1.5 3.2 1.5S6.800 14 8.400 14s1.400 1.300 2.600 1.490M2 18.500c1.600 0 1.600 1.500 3.200 1.500s1.600-1.500 3.200-1.500c.9 0 1.300.48 1.900.900"
        className="stroke-accent"
        strokeWidth="1.75"
        strokeLinecap="round"
      />
    </svg>
  );
}
