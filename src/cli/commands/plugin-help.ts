// What `docker-keyring plugin --help` says.

/** The whole help. */
export const PLUGIN_HELP: string = `Usage: docker-keyring plugin [options]
       docker-keyring plugin config [options]

Be an image credential provider of the kubelet: read one request on standard
input, answer on standard output. "plugin config" prints the configuration with
which a kubelet starts this.

Options:
  --provider <provider>    ecr, gcr, acr, environment, helper:NAME, config:FILE
                           or module:FILE; repeatable (default: ecr, gcr, acr)
  --cache-dir <dir>        where tokens are kept between starts, encrypted
                           (default: ~/.cache/docker-keyring)
  --no-cache               keep no tokens: ask the cloud at each start
  --service-account-tokens
                           use the pod's service account where a provider can
  --gcr-project <id>       for gcr with service accounts: the cluster's project
  --gcr-identity-provider <url>
                           for gcr with service accounts: the cluster's issuer
  -h, --help               print help

Options of "plugin config":
  --name <name>            the name of the program in the kubelet's
                           --image-credential-provider-bin-dir
                           (default: docker-keyring)
  --api-version <version>  v1, v1beta1 or v1alpha1 (default: v1)
  --match-image <pattern>  the images to be asked for, in place of those of the
                           providers; repeatable. Name registries with a port
                           of helper:NAME and of a credsStore here
  -o, --output <format>    yaml or json (default: yaml)

Examples:
  docker-keyring plugin --provider ecr < request.json
  docker-keyring plugin config --provider ecr > credential-providers.yaml
  docker-keyring plugin config --provider module:/etc/docker-keyring/vault.ts

Exit codes:
  0  an answer, which may be that there is nothing for the image
  1  a failure; standard error says which
  2  wrong use
`;
