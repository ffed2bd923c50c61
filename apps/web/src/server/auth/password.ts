import { hash as argonHash, verify as argonVerify } from '@node-rs/argon2';

/** OWASP's first choice for Argon2id (19 MiB, two passes), the library's default variant. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** PHC string `$argon2id$…`. */
export async function hashPassword(password: string): Promise<string> {
  return argonHash(password, COST);
}

/** Whether `password` is the one that was hashed; false too for a hash in another form. */
export async function verifyPassword(hashed: string, password: string): Promise<boolean> {
  try {
    return await argonVerify(hashed, password);
  } catch {
    return false;
  }
}
