// The text of --help below the options.

/** Of the program. */
export const PROGRAM_HELP: string = `
Examples:
  docker-keyring lookup ghcr.io/acme/app:1.0
  docker-keyring explain redis --secret pull-secrets.yaml
  docker-keyring explain --pod pod.yaml --secret pull-secrets.yaml
  docker-keyring config --docker-config /var/lib/kubelet --semantics kubelet
  docker-keyring verify --filename deploy/
  docker-keyring doctor

Exit codes:
  0  every image has a credential, or can be pulled; no problems
  1  an image has no credential, has an invalid name or cannot be pulled, a
     secret is malformed, or there are findings
  2  wrong usage: an unknown option, an invalid value, or a missing file
  3  no problem is known, but a registry did not answer, or only the node can
     tell

Environment:
  NO_COLOR, FORCE_COLOR  no colours; colours even if there is no terminal
  COLUMNS                the width of lines, even if there is no terminal
`;

/** Of the commands that read this machine's configuration. */
const INPUTS_HELP = `
The default is this machine's own Docker configuration. One file may contain
Secrets, a Pod and a ServiceAccount. For standard input, use - as the file.
`;

/** Of the commands. */
export const COMMAND_HELP: Readonly<
  Record<
    'lookup' | 'explain' | 'config' | 'verify' | 'doctor' | 'create' | 'validate' | 'completion',
    string
  >
> = {
  lookup: `${INPUTS_HELP}
Output formats:
  text, json     the credentials in the order in which a node tries them
  header         a line "Authorization: ..." for each credential
  dockerode      a line of JSON for each: the AuthConfig of Docker Engine
  docker-config  a config.json with the first, under the name of the registry
The last three print secrets, require --show-secrets, and take one image.

Examples:
  docker-keyring lookup redis ghcr.io/acme/app:1.0
  docker-keyring lookup --pod pod.yaml --service-account sa.yaml --secret s.yaml
  docker-keyring lookup ghcr.io/acme/app -o header --show-secrets | head -1
  kubectl get secrets -o yaml | docker-keyring lookup ghcr.io/acme --secret -
`,
  explain: `${INPUTS_HELP}
Marks:
  ✓ matches   ≠ nearly matches   ✗ problem   ! missing or stale   · not used

Examples:
  docker-keyring explain redis
  docker-keyring explain redis --semantics kubelet
  docker-keyring explain eu.gcr.io/acme/app --providers gcr --no-docker-config
  docker-keyring explain --pod pod.yaml --secret secrets.yaml
  docker-keyring explain redis --output json | jq '.[0].credentials'
`,
  config: `${INPUTS_HELP}
If a key has several credentials, the document has the one that a node tries
first. --output text prints a table.

Examples:
  docker-keyring config
  docker-keyring config --secret s.yaml --no-docker-config --write config.json
`,
  verify: `
--filename reads pods and workloads with their service accounts and pull
secrets. Each image is tried with the credentials of its pods. In a directory,
*.yaml, *.yml and *.json files are read, as by kubectl. An IMAGE is tried with
the pull secrets of --secret. The default is this machine's own Docker
configuration.

Output formats:
  text    images that cannot be pulled, and why; a line for each other image
  json    the whole report
  junit   JUnit XML: a suite for each registry, a case for each image
  github  annotations of GitHub Actions, at the lines that name the images

Marks:
  ✓ can be pulled   ✗ cannot be pulled   ? unknown   ! warning

Examples:
  docker-keyring verify -f deploy/ --no-docker-config
  docker-keyring verify ghcr.io/acme/app:1.0 --secret regcred.yaml
  docker-keyring verify -f deploy/ --platform linux/amd64,linux/arm64 --strict
  helm template ./chart | docker-keyring verify -f - -n shop -o github
`,
  doctor: `${INPUTS_HELP}
Marks:
  ✓ works   · not present, and not needed   ! warning   ✗ failure

The exit code is 1 if a check fails. Clouds are asked for credentials, which are
not printed. A provider must work if --providers names it or an image matches
it. Otherwise a provider that does not work is not a failure: this may not be a
machine of its cloud.

Examples:
  docker-keyring doctor
  docker-keyring doctor 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1.0
  docker-keyring doctor --providers gcr --no-docker-config
  docker-keyring doctor --output json | jq '.checks[] | select(.hint)'
`,
  create: `
The manifest contains the password. The JSON is byte for byte the output of
"kubectl create secret docker-registry --dry-run=client -o json".

Examples:
  docker-keyring secret create regcred --server ghcr.io \\
    --username robot --password-stdin < token.txt
  docker-keyring secret create regcred --from-file ~/.docker/config.json
  docker-keyring secret create regcred -n shop,jobs --username robot \\
    --password-stdin < token.txt | kubectl apply -f -
`,
  validate: `
Reports what the API server rejects, in its own words, what it accepts but the
kubelet cannot use, and what works in another way than it looks.

Examples:
  docker-keyring secret validate regcred.yaml
  kubectl get secrets -o yaml | docker-keyring secret validate -
`,
  completion: `
Examples:
  source <(docker-keyring completion bash)
  docker-keyring completion zsh > "\${fpath[1]}/_docker-keyring"
  docker-keyring completion fish > ~/.config/fish/completions/docker-keyring.fish
`,
};
