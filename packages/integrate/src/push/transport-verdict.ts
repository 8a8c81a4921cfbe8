/** Why a connection to the remote came to nothing. */
export type TransportVerdict = 'auth' | 'network';

const REFUSED = [
  /Authentication failed/i,
  /could not read (?:Username|Password)/i,
  /terminal prompts disabled/i,
  /requested URL returned error: 40[134]\b/i,
  /repository '.*' not found/i,
  /Permission denied/i,
  /Host key verification failed/i,
  /access denied or repository not exported/i,
  /service not enabled/i,
  // A path that is not there for us: trying again cannot help.
  /does not appear to be a git repository/i,
];

const UNREACHABLE = [
  /unable to connect/i,
  /Connection (?:refused|reset|timed out|closed)/i,
  /Could not resolve host/i,
  /Failed to connect/i,
  /Temporary failure in name resolution/i,
  /Network is unreachable|No route to host/i,
  /requested URL returned error: (?:408|429|5\d\d)/i,
  /handshake|\bSSL\b|\bTLS\b/i,
  /Operation (?:too slow|timed out)/i,
  /Empty reply from server|early EOF|hung up (?:unexpectedly|upon initial contact)/i,
  // A server that was ended in the middle of an answer; which words git has for it depends on who was writing just then.
  /Broken pipe|unexpected disconnect|expected flush after/i,
];

/** Judges what git said about a connection that failed; nothing when its words are not known. */
export function transportVerdict(stderr: string): TransportVerdict | undefined {
  if (REFUSED.some((pattern) => pattern.test(stderr))) return 'auth';
  if (UNREACHABLE.some((pattern) => pattern.test(stderr))) return 'network';
  return undefined;
}
