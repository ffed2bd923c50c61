import { centerToBrowser } from '@breakwater/contract/browser-events';
import type { z } from 'zod';

type Catalog = typeof centerToBrowser;
export type BrowserEvent = keyof Catalog;
export type BrowserBody<E extends BrowserEvent> = z.output<Catalog[E]>;
export type BrowserResource = BrowserBody<'changed'>['resource'];

/** Puts events on the wire to every browser; the socket server is one. */
export type LiveSink = (event: BrowserEvent, body: unknown) => void;

/** What is pushed to browsers. Nothing is kept: who was away refetches. */
export interface LiveFeed {
  publish<E extends BrowserEvent>(event: E, body: z.input<Catalog[E]>): void;
  /** Something of this resource changed: what shows it is fetched again. */
  changed(resource: BrowserResource, id?: string): void;
  /** Returns how to take the sink away again. */
  attach(sink: LiveSink): () => void;
}

/** Events are parsed before they are sent, so that a browser never sees a field the contract does not name. */
export function createLiveFeed(): LiveFeed {
  const sinks = new Set<LiveSink>();
  const feed: LiveFeed = {
    publish(event, body) {
      if (sinks.size === 0) return;
      const parsed = centerToBrowser[event].parse(body);
      for (const sink of sinks) sink(event, parsed);
    },
    changed: (resource, id) => feed.publish('changed', { resource, id: id ?? null }),
    attach(sink) {
      sinks.add(sink);
      return () => sinks.delete(sink);
    },
  };
  return feed;
}
