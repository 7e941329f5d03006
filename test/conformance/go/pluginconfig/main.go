// Command pluginconfig answers, with the kubelet's own code, whether a CredentialProviderConfig is right: one JSON
// document a line on standard input, one answer a line on standard output.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	_ "unsafe" // For go:linkname.

	"k8s.io/apimachinery/pkg/util/validation/field"
	_ "k8s.io/kubernetes/pkg/credentialprovider/plugin"
	kubeletconfig "k8s.io/kubernetes/pkg/kubelet/apis/config"
)

// The package exports neither; what is asked is the kubelet's code all the same, and not a copy.

//go:linkname readCredentialProviderConfig k8s.io/kubernetes/pkg/credentialprovider/plugin.readCredentialProviderConfig
func readCredentialProviderConfig(configPath string) (*kubeletconfig.CredentialProviderConfig, string, error)

//go:linkname validateCredentialProviderConfig k8s.io/kubernetes/pkg/credentialprovider/plugin.validateCredentialProviderConfig
func validateCredentialProviderConfig(config *kubeletconfig.CredentialProviderConfig, saTokenForCredentialProviders bool) field.ErrorList

type question struct {
	// Document is read from a file at Path; without it, Path is read as it is.
	Document []byte `json:"document"`
	Path     string `json:"path"`
}

type answer struct {
	ReadError       string           `json:"readError,omitempty"`
	ValidationError string           `json:"validationError,omitempty"`
	Providers       []map[string]any `json:"providers,omitempty"`
}

func main() {
	input := bufio.NewReader(os.Stdin)
	output := bufio.NewWriter(os.Stdout)
	decoder := json.NewDecoder(input)
	encoder := json.NewEncoder(output)
	for decoder.More() {
		var asked question
		if err := decoder.Decode(&asked); err != nil {
			panic(err)
		}
		if err := encoder.Encode(answerTo(asked)); err != nil {
			panic(err)
		}
		if err := output.Flush(); err != nil {
			panic(err)
		}
	}
}

func answerTo(asked question) answer {
	if asked.Document != nil {
		if err := os.MkdirAll(filepath.Dir(asked.Path), 0o700); err != nil {
			panic(err)
		}
		if err := os.WriteFile(asked.Path, asked.Document, 0o600); err != nil {
			panic(err)
		}
	}
	config, _, err := readCredentialProviderConfig(asked.Path)
	if err != nil {
		return answer{ReadError: err.Error()}
	}
	// KubeletServiceAccountTokenForCredentialProviders is on in v1.37 (pkg/features/kube_features.go).
	if errs := validateCredentialProviderConfig(config, true); len(errs) > 0 {
		return answer{ValidationError: errs.ToAggregate().Error()}
	}
	providers := []map[string]any{}
	for _, provider := range config.Providers {
		providers = append(providers, normalise(provider))
	}
	return answer{Providers: providers}
}

func normalise(provider kubeletconfig.CredentialProvider) map[string]any {
	env := []map[string]string{}
	for _, variable := range provider.Env {
		env = append(env, map[string]string{"name": variable.Name, "value": variable.Value})
	}
	normalised := map[string]any{
		"name":                   provider.Name,
		"apiVersion":             provider.APIVersion,
		"matchImages":            provider.MatchImages,
		"defaultCacheDurationMs": float64(provider.DefaultCacheDuration.Duration) / 1e6,
		"args":                   append([]string{}, provider.Args...),
		"env":                    env,
	}
	if attributes := provider.TokenAttributes; attributes != nil {
		normalised["tokenAttributes"] = map[string]any{
			"serviceAccountTokenAudience":          attributes.ServiceAccountTokenAudience,
			"cacheType":                            attributes.CacheType,
			"requireServiceAccount":                *attributes.RequireServiceAccount,
			"requiredServiceAccountAnnotationKeys": append([]string{}, attributes.RequiredServiceAccountAnnotationKeys...),
			"optionalServiceAccountAnnotationKeys": append([]string{}, attributes.OptionalServiceAccountAnnotationKeys...),
		}
	}
	return normalised
}
