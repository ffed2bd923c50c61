import manifest from '../package.json' with { type: 'json' };

/** Version of this program, as peers are told. */
export const nodeVersion: string = manifest.version;
