/** Node 20 reads these at its start, 50 ms of the processor for the usual bundle, whether or not it will open a connection. */
const CERTIFICATES = 'NODE_EXTRA_CA_CERTS';
const SET_ASIDE = 'RALPH_NODE_EXTRA_CA_CERTS';

/** Returns an environment for one of our own programs: with the user's certificates set aside, which none of them needs. */
export function setCertificatesAside(from: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { [CERTIFICATES]: certificates, ...environment } = from;
  return certificates === undefined ? environment : { ...environment, [SET_ASIDE]: certificates };
}

/** Changes the environment: agents, gates and hooks get the certificates that `setCertificatesAside` has set aside. */
export function putCertificatesBack(environment: NodeJS.ProcessEnv): void {
  const certificates = environment[SET_ASIDE];
  if (certificates === undefined) return;
  environment[CERTIFICATES] ??= certificates;
  delete environment[SET_ASIDE];
}
