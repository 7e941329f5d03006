//go:build tools

// Package kubectl pins the kubectl that tests build.
package kubectl

import _ "k8s.io/kubernetes/cmd/kubectl"
