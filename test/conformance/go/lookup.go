package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/kubernetes/pkg/credentialprovider"
	"k8s.io/kubernetes/pkg/credentialprovider/secrets"
	"k8s.io/kubernetes/pkg/util/parsers"
)

const (
	configJSONName = "config.json"
	dockercfgName  = ".dockercfg"
)

type secretCase struct {
	Namespace string            `json:"namespace"`
	Name      string            `json:"name"`
	UID       string            `json:"uid"`
	Type      string            `json:"type"`
	Data      map[string][]byte `json:"data"`
}

// nodeCase holds the search paths, each with its files by name. With a root, the same files lie on the disk, in
// directories named 0, 1, 2 … below it.
type nodeCase struct {
	Dirs []map[string]fileCase `json:"dirs"`
	Root string                `json:"root"`
}

// fileCase is a file's bytes; unreadable stands for a directory of that name.
type fileCase struct {
	bytes      []byte
	unreadable bool
}

func (f *fileCase) UnmarshalJSON(data []byte) error {
	f.unreadable = string(data) == "null"
	return json.Unmarshal(data, &f.bytes)
}

type lookupCase struct {
	Image   string       `json:"image"`
	Secrets []secretCase `json:"secrets"`
	Node    *nodeCase    `json:"node"`
}

type secretSource struct {
	UID       string `json:"uid"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// credentialAnswer has the strings as bytes, because they may not be UTF-8.
type credentialAnswer struct {
	Username []byte        `json:"username"`
	Password []byte        `json:"password"`
	Email    []byte        `json:"email"`
	Hash     string        `json:"hash"`
	Secret   *secretSource `json:"secret"`
}

type lookupAnswer struct {
	Rejected    string             `json:"rejected,omitempty"`
	Message     string             `json:"message,omitempty"`
	Credentials []credentialAnswer `json:"credentials"`
	// File is the node's file that was used, as "0/config.json".
	File string `json:"file"`
}

// lookup composes what pkg/kubelet/images/image_manager.go, makeLookupPullCredentialsFunc, composes.
func lookup(question lookupCase) (any, error) {
	repo, _, _, err := parsers.ParseImageName(question.Image)
	if err != nil {
		return lookupAnswer{Rejected: "image", Message: err.Error()}, nil
	}
	file, config, err := readNode(question.Node)
	if err != nil {
		return nil, err
	}
	node := &credentialprovider.BasicDockerKeyring{}
	node.Add(nil, config)
	keyring, err := secrets.MakeDockerKeyring(toSecrets(question.Secrets), credentialprovider.UnionDockerKeyring{node})
	if err != nil {
		return lookupAnswer{Rejected: "secrets", Message: err.Error()}, nil
	}
	found, _ := keyring.Lookup(repo)
	answer := lookupAnswer{Credentials: []credentialAnswer{}, File: file}
	for _, credential := range found {
		answer.Credentials = append(answer.Credentials, toAnswer(credential))
	}
	return answer, nil
}

func toSecrets(cases []secretCase) []v1.Secret {
	list := make([]v1.Secret, 0, len(cases))
	for _, secret := range cases {
		list = append(list, v1.Secret{
			ObjectMeta: metav1.ObjectMeta{Namespace: secret.Namespace, Name: secret.Name, UID: types.UID(secret.UID)},
			Type:       v1.SecretType(secret.Type),
			Data:       secret.Data,
		})
	}
	return list
}

func toAnswer(credential credentialprovider.TrackedAuthConfig) credentialAnswer {
	answer := credentialAnswer{
		Username: []byte(credential.Username),
		Password: []byte(credential.Password),
		Email:    []byte(credential.Email),
		Hash:     credential.AuthConfigHash,
	}
	if credential.Source != nil && credential.Source.Secret != nil {
		secret := credential.Source.Secret
		answer.Secret = &secretSource{UID: secret.UID, Namespace: secret.Namespace, Name: secret.Name}
	}
	return answer
}

// readNode does what ReadDockerConfigFile does with its default paths: the first valid config.json of all paths, or
// else the first valid .dockercfg of all paths.
func readNode(node *nodeCase) (string, credentialprovider.DockerConfig, error) {
	if node == nil || len(node.Dirs) == 0 {
		return "", nil, nil
	}
	if node.Root != "" {
		return readDisk(node)
	}
	for _, name := range []string{configJSONName, dockercfgName} {
		for index, files := range node.Dirs {
			contents, found := files[name]
			if !found || contents.unreadable {
				continue
			}
			if config, err := decode(name, contents.bytes); err == nil {
				return fmt.Sprintf("%d/%s", index, name), config, nil
			}
		}
	}
	return "", nil, nil
}

func decode(name string, contents []byte) (credentialprovider.DockerConfig, error) {
	if name == dockercfgName {
		return credentialprovider.ReadDockerConfigFileFromBytes(contents)
	}
	var config credentialprovider.DockerConfigJSON
	err := json.Unmarshal(contents, &config)
	return config.Auths, err
}

func readDisk(node *nodeCase) (string, credentialprovider.DockerConfig, error) {
	var paths []string
	for index := range node.Dirs {
		paths = append(paths, filepath.Join(node.Root, fmt.Sprint(index)))
	}
	readers := []func([]string) (credentialprovider.DockerConfig, error){
		credentialprovider.ReadDockerConfigJSONFile, credentialprovider.ReadDockercfgFile,
	}
	for kind, read := range readers {
		config, err := read(paths)
		if err != nil {
			continue
		}
		used, err := usedFile(paths, read, config)
		return fmt.Sprintf("%d/%s", used, []string{configJSONName, dockercfgName}[kind]), config, err
	}
	return "", nil, nil
}

// usedFile tells which path a reader took: it doesn't say, but the first that it accepts alone is the one.
func usedFile(
	paths []string,
	read func([]string) (credentialprovider.DockerConfig, error),
	config credentialprovider.DockerConfig,
) (int, error) {
	for index, path := range paths {
		if alone, err := read([]string{path}); err == nil {
			if !reflect.DeepEqual(alone, config) {
				return 0, errors.New("the first readable path is not the one that was read")
			}
			return index, nil
		}
	}
	return 0, errors.New("no path is readable alone")
}
