import { z } from 'zod';
import { byteCount, repositoryId } from './ids.ts';

/** A node lists at most so many folders that cannot be used. */
export const MAX_NAMES = 100;

/** What a storage node finds in its data folder; bytes and files as it last counted them. */
export const storedRepository = z.object({ repositoryId, bytes: byteCount, files: byteCount });
