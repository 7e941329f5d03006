// Answers what a kubelet gets from its credential-provider plugins, with the kubelet's own code: one JSON document a line
// on standard input, one answer a line on standard output, in the same order. Each case has a configuration, programs and
// a sequence of lookups of its own.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"time"
	"unsafe"

	authenticationv1 "k8s.io/api/authentication/v1"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/credentialprovider/plugin"
	"k8s.io/kubernetes/pkg/util/parsers"
)

// The kubelet registers its plugins once in its life. These are the variables that it remembers them in (plugins.go);
// of the first, only that it is a slice of two-part structs matters here.
//
//go:linkname registered k8s.io/kubernetes/pkg/credentialprovider/plugin.providers
var registered []struct {
	name string
	impl unsafe.Pointer
}

//go:linkname seenProviderNames k8s.io/kubernetes/pkg/credentialprovider/plugin.seenProviderNames
var seenProviderNames sets.String

type serviceAccountCase struct {
	UID         string            `json:"uid"`
	Annotations map[string]string `json:"annotations"`
}

type podCase struct {
	Namespace          string `json:"namespace"`
	Name               string `json:"name"`
	UID                string `json:"uid"`
	ServiceAccountName string `json:"serviceAccountName"`
}

type lookupCase struct {
	Image string   `json:"image"`
	Pod   *podCase `json:"pod"`
	// Token is the part of the service account's token that changes from one to the next.
	Token   string `json:"token"`
	AfterMs int    `json:"afterMs"`
}

type pluginsCase struct {
	Config string `json:"config"`
	BinDir string `json:"binDir"`
	// ServiceAccounts by "namespace/name".
	ServiceAccounts map[string]serviceAccountCase `json:"serviceAccounts"`
	Lookups         []lookupCase                  `json:"lookups"`
}

type credentialAnswer struct {
	Username       []byte `json:"username"`
	Password       []byte `json:"password"`
	ServiceAccount string `json:"serviceAccount,omitempty"`
}

type pluginsAnswer struct {
	// Refused is why the kubelet would not start.
	Refused string `json:"refused,omitempty"`
	// Lookups holds the credentials of each lookup.
	Lookups [][]credentialAnswer `json:"lookups"`
}

func answer(question pluginsCase) (pluginsAnswer, error) {
	registered = nil
	seenProviderNames = sets.NewString()
	token := ""
	getToken := func(namespace, name string, request *authenticationv1.TokenRequest) (*authenticationv1.TokenRequest, error) {
		bound := request.Spec.BoundObjectRef
		text := fmt.Sprintf("%s/%s/%s/%s/%s/%s/%s", token, namespace, name, request.UID, request.Spec.Audiences[0], bound.Name, bound.UID)
		return &authenticationv1.TokenRequest{Status: authenticationv1.TokenRequestStatus{Token: text}}, nil
	}
	getServiceAccount := func(namespace, name string) (*v1.ServiceAccount, error) {
		account, found := question.ServiceAccounts[namespace+"/"+name]
		if !found {
			return nil, errors.New("no such service account")
		}
		return &v1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, Name: name, UID: types.UID(account.UID), Annotations: account.Annotations,
		}}, nil
	}
	if err := plugin.RegisterCredentialProviderPlugins(question.Config, question.BinDir, getToken, getServiceAccount); err != nil {
		return pluginsAnswer{Refused: err.Error()}, nil
	}
	result := pluginsAnswer{Lookups: [][]credentialAnswer{}}
	for index, one := range question.Lookups {
		// The programs write it into their logs.
		if err := os.Setenv("PLUGIN_LOOKUP", strconv.Itoa(index)); err != nil {
			return pluginsAnswer{}, err
		}
		time.Sleep(time.Duration(one.AfterMs) * time.Millisecond)
		token = one.Token
		found, err := lookup(one)
		if err != nil {
			return pluginsAnswer{}, err
		}
		result.Lookups = append(result.Lookups, found)
	}
	return result, nil
}

func lookup(one lookupCase) ([]credentialAnswer, error) {
	repo, _, _, err := parsers.ParseImageName(one.Image)
	if err != nil {
		return nil, err
	}
	pod := podCase{}
	if one.Pod != nil {
		pod = *one.Pod
	}
	keyring := plugin.NewExternalCredentialProviderDockerKeyring(pod.Namespace, pod.Name, pod.UID, pod.ServiceAccountName)
	found, _ := keyring.Lookup(repo)
	list := []credentialAnswer{}
	for _, credential := range found {
		entry := credentialAnswer{Username: []byte(credential.Username), Password: []byte(credential.Password)}
		if credential.Source != nil && credential.Source.ServiceAccount != nil {
			account := credential.Source.ServiceAccount
			entry.ServiceAccount = account.Namespace + "/" + account.Name + "/" + account.UID
		}
		list = append(list, entry)
	}
	return list, nil
}

func run(input io.Reader, output io.Writer) error {
	reader := bufio.NewReader(input)
	encoder := json.NewEncoder(output)
	for {
		line, readErr := reader.ReadBytes('\n')
		if len(line) > 0 {
			var question pluginsCase
			if err := json.Unmarshal(line, &question); err != nil {
				return err
			}
			found, err := answer(question)
			if err != nil {
				return fmt.Errorf("case %s: %w", line, err)
			}
			if err := encoder.Encode(found); err != nil {
				return err
			}
		}
		if errors.Is(readErr, io.EOF) {
			return nil
		}
		if readErr != nil {
			return readErr
		}
	}
}

func main() {
	// The kubelet logs every failure of a plugin.
	klog.SetSlogLogger(slog.New(slog.DiscardHandler))
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
