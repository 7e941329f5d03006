/** What each example prints. */
export const EXAMPLE_OUTPUTS: Readonly<Record<string, string>> = {
  'custom-provider.ts': `[
  Credential {
    username: 'robot',
    password: '[redacted]',
    key: 'eu.registry.example.com/acme/web',
    source: { kind: 'provider', provider: 'vault' }
  }
]
[]
`,
  'dockerode.ts': `ghcr.io/acme/web as old-bot from ghcr.io: false
ghcr.io/acme/web as acme-bot from ghcr.io: true
`,
  'kubernetes-client.ts': `acme-bot { kind: 'pull-secret', namespace: 'shop', name: 'ghcr' }
missing { namespace: 'shop', name: 'retired' }
`,
  'lookup.ts': `acme-bot because of ghcr.io/acme, from a pull-secret
billing-bot because of ghcr.io, from a pull-secret
octocat because of ghcr.io, from a docker-config
`,
  'multi-tenant.ts': `{ shop: [ 'shop-bot' ], billing: [ 'billing-bot' ], nobody: [] }
`,
  'node-config.ts': `ghcr.io/acme: acme-bot
ghcr.io: billing-bot
mode 600
`,
  'pull-policy.ts': `nginx, Always: pull. The policy Always asks the registry at every start of the container.
ghcr.io/acme/web:2.1, IfNotPresent: use-present. The image is on the node, and the verification policy opens it to every pod.
ghcr.io/acme/web:2.1, Always: pull. The policy Always asks the registry at every start of the container.
ghcr.io/acme/web:2.1, Never: ErrImageNeverPull. The image is not on the node.
ghcr.io/acme/web:2.1, IfNotPresent: pull. The image is on the node, but none of the pod's credentials is one that it was pulled with.
`,
  'registry-fetch.ts': `200 { name: 'shop/web', tags: [ '1.0' ] }
`,
  'testcontainers.ts': `GenericContainer { kind: 'pull-secret', namespace: '', name: 'new' }
`,
  'verify.ts': `not all can be pulled
registry/shop/web:1.0 pullable [ 'container web' ]
registry/shop/mail:1.0 not-found [ 'container mail' ]
`,
};

/** Those that use packages whose newest versions need Node.js 22. On an older one, test/package runs them. */
export const NEED_NODE_22: readonly string[] = ['kubernetes-client.ts', 'testcontainers.ts'];
