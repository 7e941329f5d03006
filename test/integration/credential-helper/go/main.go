// A credential helper by the package that Docker's own are made with. It holds two credentials, and keeps nothing.
package main

import "github.com/docker/docker-credential-helpers/credentials"

type helper struct{}

func (helper) Add(*credentials.Credentials) error { return nil }

func (helper) Delete(string) error { return nil }

func (helper) Get(serverURL string) (string, string, error) {
	switch serverURL {
	case "https://r.test/v1/":
		return "ada", "hunter2 \"✓\" <&>\u2028", nil
	case "t.test":
		return "<token>", "hunter2", nil
	}
	return "", "", credentials.NewErrCredentialsNotFound()
}

func (helper) List() (map[string]string, error) {
	return map[string]string{"t.test": "<token>", "https://r.test/v1/": "ada"}, nil
}

func main() {
	credentials.Name = "docker-credential-keyring"
	credentials.Package = "docker-keyring"
	credentials.Serve(helper{})
}
