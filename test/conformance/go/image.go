package main

import (
	v1 "k8s.io/api/core/v1"
	corev1 "k8s.io/kubernetes/pkg/apis/core/v1"
	"k8s.io/kubernetes/pkg/credentialprovider"
	"k8s.io/kubernetes/pkg/util/parsers"
)

type imageCase struct {
	Image string `json:"image"`
}

type imageAnswer struct {
	Rejected string `json:"rejected,omitempty"`
	Message  string `json:"message,omitempty"`
	Repo     string `json:"repo,omitempty"`
	Tag      string `json:"tag,omitempty"`
	Digest   string `json:"digest,omitempty"`
}

func image(question imageCase) (any, error) {
	repo, tag, digest, err := parsers.ParseImageName(question.Image)
	if err != nil {
		return imageAnswer{Rejected: "image", Message: err.Error()}, nil
	}
	return imageAnswer{Repo: repo, Tag: tag, Digest: digest}, nil
}

type matchCase struct {
	Pattern string `json:"pattern"`
	Image   string `json:"image"`
}

type matchAnswer struct {
	Matched bool   `json:"matched"`
	Message string `json:"message,omitempty"`
}

func match(question matchCase) (any, error) {
	matched, err := credentialprovider.URLsMatchStr(question.Pattern, question.Image)
	if err != nil {
		return matchAnswer{Message: err.Error()}, nil
	}
	return matchAnswer{Matched: matched}, nil
}

type entryCase struct {
	Key   string `json:"key"`
	Image string `json:"image"`
}

// entry tells whether a keyring with this one entry has it for an image, which need not be an image's full name.
func entry(question entryCase) (any, error) {
	keyring := &credentialprovider.BasicDockerKeyring{}
	keyring.Add(nil, credentialprovider.DockerConfig{question.Key: {}})
	_, found := keyring.Lookup(question.Image)
	return matchAnswer{Matched: found}, nil
}

type defaultPolicyAnswer struct {
	Policy string `json:"policy"`
}

func defaultPolicy(question imageCase) (any, error) {
	container := v1.Container{Image: question.Image}
	corev1.SetDefaults_Container(&container)
	return defaultPolicyAnswer{Policy: string(container.ImagePullPolicy)}, nil
}
