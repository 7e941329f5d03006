// What --help says below the options.

/** The end of the program's own help. */
export const PROGRAM_HELP: string = `
Examples:
  docker-keyring lookup ghcr.io/acme/app:1.0
  docker-keyring explain redis --secret pull-secrets.yaml
  docker-keyring explain --pod pod.yaml --secret pull-secrets.yaml
  docker-keyring config --docker-config /var/lib/kubelet --semantics kubelet
  docker-keyring verify --filename deploy/
  docker-keyring doctor

Exit codes:
  0  every image has a credential, or can be pulled; nothing is wrong
  1  an image has none, is none or cannot be pulled, a secret is malformed, or
     there are findings
  2  wrong use: an unknown option, a bad value, a file that is not there
  3  nothing is known to be wrong, but a registry could not be asked, or only
     the node knows

Environment:
  NO_COLOR, FORCE_COLOR  no colours; colours also where there is no terminal
  COLUMNS                where to break lines, also where there is no terminal
`;

/** Below the options of the commands that read this machine's configuration. */
const INPUTS_HELP = `
Without --docker-config, this machine's own configuration is read. A file may
hold Secrets, a Pod and a ServiceAccount together; - is standard input.
`;

/** The end of each command's help. */
export const COMMAND_HELP: Readonly<
  Record<'lookup' | 'explain' | 'config' | 'verify' | 'doctor' | 'create' | 'validate', string>
> = {
  lookup: `${INPUTS_HELP}
Output formats:
  text, json     the credentials in the order in which a node tries them
  header         for each a line "Authorization: ..."
  dockerode      for each a line of JSON: Docker Engine's AuthConfig
  docker-config  a config.json with the first, under the registry's name
The last three print secrets, need --show-secrets, and are for one image.

Examples:
  docker-keyring lookup redis ghcr.io/acme/app:1.0
  docker-keyring lookup --pod pod.yaml --service-account sa.yaml --secret s.yaml
  docker-keyring lookup ghcr.io/acme/app -o header --show-secrets | head -1
  kubectl get secrets -o yaml | docker-keyring lookup ghcr.io/acme --secret -
`,
  explain: `${INPUTS_HELP}
Marks:
  ✓ matches   ≠ nearly matches   ✗ is wrong   ! is not as named   · has no part

Examples:
  docker-keyring explain redis
  docker-keyring explain redis --semantics kubelet
  docker-keyring explain eu.gcr.io/acme/app --providers gcr --no-docker-config
  docker-keyring explain --pod pod.yaml --secret secrets.yaml
  docker-keyring explain redis --output json | jq '.[0].credentials'
`,
  config: `${INPUTS_HELP}
Of several credentials under one key, the document holds the first, which is the
one that a node tries first. --output text is a table of its entries.

Examples:
  docker-keyring config
  docker-keyring config --secret s.yaml --no-docker-config --write config.json
`,
  verify: `
Of --filename come pods and what makes pods, with their service accounts and
pull secrets: each image is asked for with the credentials that its pods would
have. Of directories, *.yaml, *.yml and *.json count, as for kubectl. An IMAGE
is asked for with the secrets of --secret. Without --docker-config, this
machine's own configuration is read.

Output formats:
  text    what cannot be pulled, and why; the rest in a line each
  json    the whole report
  junit   JUnit XML: a suite for each registry, a case for each image
  github  annotations of GitHub Actions, at the lines that name the images

Marks:
  ✓ can be pulled   ✗ cannot   ? is not known   ! is to be looked at

Examples:
  docker-keyring verify -f deploy/ --no-docker-config
  docker-keyring verify ghcr.io/acme/app:1.0 --secret regcred.yaml
  docker-keyring verify -f deploy/ --platform linux/amd64,linux/arm64 --strict
  helm template ./chart | docker-keyring verify -f - -n shop -o github
`,
  doctor: `${INPUTS_HELP}
Marks:
  ✓ fine   · not here, and nobody needs it   ! is to be looked at   ✗ fails

The exit code is 1 where anything fails. Clouds are asked for credentials, which
are not shown. A provider must work where --providers names it, or where an
image is of its registries; otherwise this may be no machine of its cloud.

Examples:
  docker-keyring doctor
  docker-keyring doctor 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1.0
  docker-keyring doctor --providers gcr --no-docker-config
  docker-keyring doctor --output json | jq '.checks[] | select(.hint)'
`,
  create: `
The manifest is printed and holds the password. As JSON it is byte for byte what
"kubectl create secret docker-registry --dry-run=client -o json" prints.

Examples:
  docker-keyring secret create regcred --server ghcr.io \\
    --username robot --password-stdin < token.txt
  docker-keyring secret create regcred --from-file ~/.docker/config.json
  docker-keyring secret create regcred -n shop,jobs --username robot \\
    --password-stdin < token.txt | kubectl apply -f -
`,
  validate: `
Finds what the API server refuses, in its own words, what it stores and the
kubelet chokes on, and what works otherwise than it looks.

Examples:
  docker-keyring secret validate regcred.yaml
  kubectl get secrets -o yaml | docker-keyring secret validate -
`,
};
