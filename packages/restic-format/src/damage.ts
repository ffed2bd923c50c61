import { asFailure, type Failure } from '@breakwater/domain/failure';

/** Told of each damaged file, which is then passed over; without one the first is thrown. */
export interface DamageOptions {
  onDamaged?: (name: string, failure: Failure) => void;
}

/** Null when `options.onDamaged` takes the damage; otherwise throws. */
export function passOverDamaged(name: string, error: unknown, options: DamageOptions): null {
  const failure = asFailure(error);
  const damaged = failure.code === 'repository-damaged' || failure.code === 'unsupported-format';
  if (!damaged || options.onDamaged === undefined) throw error;
  options.onDamaged(name, failure);
  return null;
}
