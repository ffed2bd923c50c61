'use client';

import { useEffect, useState } from 'react';

/** Whether more of an element than its edge can be seen; false until it is known. `belowPx` of the window are covered. */
export function useInView(id: string, belowPx: number): boolean {
  const [inView, setInView] = useState(false);
  useEffect(() => {
    const element = document.getElementById(id);
    if (element === null) return;
    const observer = new IntersectionObserver(
      (entries) => setInView(entries.at(-1)?.isIntersecting ?? false),
      { rootMargin: `0px 0px -${belowPx}px 0px` },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [id, belowPx]);
  return inView;
}
