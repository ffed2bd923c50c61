const OUR_OWN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What people call a repository: an adopted one by its folder's name, one of our own by the beginning of its id. */
export function repositoryName(id: string): string {
  return OUR_OWN.test(id) ? id.slice(0, 8) : id;
}
