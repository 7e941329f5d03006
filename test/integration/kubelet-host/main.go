// Asks a kubelet's own code for the credentials of images: one question on standard input, the answers on standard
// output. What the kubelet logs of its plugins is on standard error.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	authenticationv1 "k8s.io/api/authentication/v1"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/kubernetes/pkg/credentialprovider/plugin"
	"k8s.io/kubernetes/pkg/util/parsers"
)

type question struct {
	Config string   `json:"config"`
	BinDir string   `json:"binDir"`
	Images []string `json:"images"`
	// ServiceAccount is empty for a pod without one.
	ServiceAccount string            `json:"serviceAccount"`
	Token          string            `json:"token"`
	Annotations    map[string]string `json:"annotations"`
}

type credential struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

type answer struct {
	// Audiences of the tokens that the kubelet asked the API server for.
	Audiences   []string       `json:"audiences"`
	Credentials [][]credential `json:"credentials"`
}

func ask(asked question) (answer, error) {
	result := answer{Audiences: []string{}}
	getToken := func(_, _ string, request *authenticationv1.TokenRequest) (*authenticationv1.TokenRequest, error) {
		result.Audiences = append(result.Audiences, request.Spec.Audiences...)
		return &authenticationv1.TokenRequest{Status: authenticationv1.TokenRequestStatus{Token: asked.Token}}, nil
	}
	getServiceAccount := func(namespace, name string) (*v1.ServiceAccount, error) {
		return &v1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, Name: name, UID: types.UID("account-uid"), Annotations: asked.Annotations,
		}}, nil
	}
	if err := plugin.RegisterCredentialProviderPlugins(asked.Config, asked.BinDir, getToken, getServiceAccount); err != nil {
		return answer{}, err
	}
	for _, image := range asked.Images {
		repo, _, _, err := parsers.ParseImageName(image)
		if err != nil {
			return answer{}, err
		}
		keyring := plugin.NewExternalCredentialProviderDockerKeyring("shop", "web-0", "pod-uid", asked.ServiceAccount)
		found, _ := keyring.Lookup(repo)
		list := []credential{}
		for _, one := range found {
			list = append(list, credential{Username: one.Username, Password: one.Password})
		}
		result.Credentials = append(result.Credentials, list)
	}
	return result, nil
}

func run() error {
	var asked question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return err
	}
	found, err := ask(asked)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(found)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
