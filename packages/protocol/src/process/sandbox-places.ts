/** What is hidden below a home, and why. Names are those of folders or files; what is not there is left out. */
export const HIDDEN_AT_HOME: readonly { readonly why: string; readonly names: readonly string[] }[] = [
  { why: 'keys by which others know you', names: ['.ssh', '.gnupg', '.password-store', '.local/share/keyrings'] },
  {
    why: 'access to clouds and clusters',
    names: ['.aws', '.azure', '.config/gcloud', '.kube', '.docker', '.config/rclone', '.s3cfg', '.vault-token'],
  },
  {
    why: 'access to forges, registries and data bases',
    names: [
      '.config/gh',
      '.config/glab-cli',
      '.config/hub',
      '.netrc',
      '.git-credentials',
      '.config/git/credentials',
      '.npmrc',
      '.pypirc',
      '.cargo/credentials.toml',
      '.gem/credentials',
      '.terraform.d/credentials.tfrc.json',
      '.pgpass',
      '.my.cnf',
    ],
  },
  {
    why: 'sessions of your browsers and your screen',
    names: ['.mozilla', '.config/google-chrome', '.config/chromium', '.Xauthority', '.ICEauthority'],
  },
  { why: 'what you typed', names: ['.bash_history', '.zsh_history', '.local/share/fish', '.psql_history'] },
];

/** What is hidden of the machine, and why. */
export const HIDDEN_OF_MACHINE: readonly { readonly why: string; readonly names: readonly string[] }[] = [
  { why: 'sockets of services, as that of docker, and D-Bus', names: ['/run', '/var/run'] },
  {
    why: 'sockets and data of what runs containers',
    names: ['/var/lib/docker', '/var/lib/containerd', '/var/lib/lxd', '/var/lib/incus', '/var/snap/lxd'],
  },
  {
    why: 'passwords and keys of the machine, which root could read',
    names: ['/etc/shadow', '/etc/shadow-', '/etc/gshadow', '/etc/gshadow-', '/etc/ssh', '/etc/kubernetes'],
  },
];

/** Folders that each command in a sandbox has for itself, and that go away with it. */
export const PRIVATE_FOLDERS = ['/tmp', '/var/tmp'] as const;
