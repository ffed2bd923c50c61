/** Version of the socket protocol between control center, agents and nodes. A peer that speaks another is refused with `protocol-version`. */
export const PROTOCOL_VERSION = 1;
