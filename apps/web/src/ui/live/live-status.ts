/** `live`: pushed. `connecting`: never been live yet. `reconnecting`: was live. In both the lists are polled instead. */
export type LiveStatus = 'connecting' | 'live' | 'reconnecting';
