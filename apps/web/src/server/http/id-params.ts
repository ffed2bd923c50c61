import { resourceId } from '@breakwater/contract/ids';
import { z } from 'zod';

/** Path parameters of every route that names one of our own resources. */
export const idParams = z.strictObject({ id: resourceId });
