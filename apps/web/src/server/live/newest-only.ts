/** Forwards values per key, not more often than every `intervalMs`; what comes too soon waits, the newest wins. */
export interface NewestOnly<T> {
  offer(key: string, value: T): void;
  /** Forgets the key: nothing more is sent for it. */
  drop(key: string): void;
  close(): void;
}

interface Slot<T> {
  timer: NodeJS.Timeout;
  waiting: { value: T } | null;
}

export function newestOnly<T>(intervalMs: number, send: (key: string, value: T) => void): NewestOnly<T> {
  const slots = new Map<string, Slot<T>>();

  const arm = (key: string): Slot<T> => {
    const timer = setTimeout(() => {
      const slot = slots.get(key);
      slots.delete(key);
      if (slot?.waiting == null) return;
      slots.set(key, arm(key));
      send(key, slot.waiting.value);
    }, intervalMs);
    timer.unref();
    return { timer, waiting: null };
  };
  const drop = (key: string) => {
    clearTimeout(slots.get(key)?.timer);
    slots.delete(key);
  };
  return {
    offer(key, value) {
      const slot = slots.get(key);
      if (slot !== undefined) {
        slot.waiting = { value };
        return;
      }
      slots.set(key, arm(key));
      send(key, value);
    },
    drop,
    close: () => {
      for (const key of [...slots.keys()]) drop(key);
    },
  };
}
