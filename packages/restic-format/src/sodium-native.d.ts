/** The part of sodium-native (which brings no types) that this package uses. */
declare module 'sodium-native' {
  const sodium: {
    /** Poly1305 of `message` under the one-time key r‖s (32 bytes) into `out` (16 bytes). */
    crypto_onetimeauth(out: Uint8Array, message: Uint8Array, key: Uint8Array): void;
  };
  export default sodium;
}
